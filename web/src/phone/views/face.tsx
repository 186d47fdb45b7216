/** The face scan: one sentence, the person's own picture, and a figure that shows what to do. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { usePage, useStore } from '../context'
import { INITIAL_LIVE, reduceLive, type Live } from '../scan/live'
import { promptFor, ringFraction, type Prompt } from '../scan/prompts'
import { ScanSession } from '../scan/session'
import { keepScreenOn } from '../screen-lock'
import { createStore } from '../store'
import { latestEvery } from '../throttle'
import { backdropFor } from './backdrop'
import { HeadFigure } from './head-figure'
import { Button } from './parts'
import { Preview, type PreviewProps } from './preview'

const ANNOUNCE_EVERY_MS = 1_000
const VIBRATE_MS: Partial<Record<Prompt['urgency'], number>> = { urgent: 80 }

function useSession() {
  const { controller } = usePage()
  const store = useMemo(() => createStore(reduceLive, INITIAL_LIVE), [])
  const video = useRef<HTMLVideoElement>(null)
  const session = useRef<ScanSession>(null)
  useEffect(() => {
    if (!video.current) return undefined
    const scan = new ScanSession(video.current, store, {
      onResult: (result) => void controller.scanResult(result),
      onEnded: (why) => void controller.scanEnded(why),
      onDoubt: () => void controller.refresh(),
      onCameraProblem: (problem) => controller.store.dispatch({ type: 'camera_failed', problem }),
    })
    session.current = scan
    // The page may come back from the browser's memory, without a connection and a camera.
    const leave = (): void => {
      scan.leave()
      controller.store.dispatch({ type: 'interrupted', trouble: null })
    }
    window.addEventListener('pagehide', leave)
    void scan.start()
    return () => {
      window.removeEventListener('pagehide', leave)
      scan.stop()
    }
  }, [controller, store])
  return { live: useStore(store), video, session }
}

/** Speaks, vibrates, and returns what a screen reader is to be told. */
function useNarration(prompt: Prompt, sentence: string): string {
  const { texts, voice } = usePage()
  const [announced, setAnnounced] = useState('')
  const announce = useMemo(() => latestEvery(ANNOUNCE_EVERY_MS, setAnnounced), [])
  useEffect(() => announce(sentence), [announce, sentence])
  useEffect(() => voice.say(prompt, sentence, texts.language()), [voice, prompt.occasion, sentence])
  useEffect(() => {
    const length = VIBRATE_MS[prompt.urgency]
    if (length && 'vibrate' in navigator) navigator.vibrate(length)
  }, [prompt.occasion, prompt.urgency])
  return announced
}

function lookOf(live: Live): PreviewProps['look'] {
  if (live.stage === 'judging' || live.waiting || live.link !== 'open') return 'busy'
  if (live.hint) return 'hint'
  return live.challenge?.done || live.stage === 'positioning' ? 'good' : 'calm'
}

/** What to do, as a picture, and how many moves there are; while waiting, how many people are before. */
function Guide({ live }: { live: Live }) {
  const { t } = usePage().texts
  const { challenge, stage, step, steps, waiting, ahead } = live
  const acting = challenge && !challenge.done && !live.hint
  return (
    <div class="guide">
      {acting && <HeadFigure action={challenge.action} />}
      {waiting && ahead > 0 && <p>{t('phone.face.ahead', { n: ahead })}</p>}
      {stage === 'challenge' && steps > 0 && <p>{t('phone.face.step', { step, steps })}</p>}
    </div>
  )
}

export function Face() {
  const { texts, controller } = usePage()
  const { t } = texts
  const { live, video, session } = useSession()
  const prompt = promptFor(live)
  const sentence = t(`phone.face.prompt.${prompt.key}`)
  const announced = useNarration(prompt, sentence)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(keepScreenOn, [])
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [])
  useLayoutEffect(() => {
    // What was rendered is on the screen only after the next frame was painted.
    const frame = requestAnimationFrame(() => session.current?.shown(live.cue))
    return () => cancelAnimationFrame(frame)
  }, [live.cue])
  const leave = (): void => {
    session.current?.leave()
    controller.store.dispatch({ type: 'leave_wanted' })
  }
  const backdrop = backdropFor(live, matchMedia('(prefers-reduced-motion: reduce)').matches)
  return (
    <div class="scan">
      {backdrop && <div class="backdrop" style={{ backgroundColor: backdrop }} />}
      <h1 class="visually-hidden" tabIndex={-1} ref={heading}>
        {t('phone.face.title')}
      </h1>
      <p class={`prompt ${lookOf(live)}`} aria-hidden="true">
        <span>{sentence}</span>
      </p>
      <p class="visually-hidden" role="status">
        {announced}
      </p>
      <Preview video={video} fraction={ringFraction(live)} look={lookOf(live)} />
      <Guide live={live} />
      <Button kind="quiet" onClick={leave}>
        {t('phone.another_method')}
      </Button>
      {live.demoGrade && <p class="fine-print">{t('phone.face.demo_grade')}</p>}
    </div>
  )
}

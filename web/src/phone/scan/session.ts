/** One face scan on the page: camera, connection and what the screen shows, tied together. */

import { cameraFacts, CameraFailure, closeCamera, firstPicture, openCamera } from '../camera/camera'
import { inAppOf, type CameraProblem } from '../camera/preflight'
import type { Store } from '../store'
import { Capture } from './capture'
import type { Live, LiveEvent } from './live'
import { PROTOCOL_VERSION, type PhoneMessage, type ScanResult, type ServerMessage } from './protocol'
import { ScanSocket, type Ended } from './socket'
import { Vitals } from './vitals'
import { watch } from './watch'

export interface SessionHandlers {
  onResult: (result: ScanResult) => void
  onEnded: (why: Ended) => void
  /** The connection is lost: the scan may be over meanwhile. */
  onDoubt: () => void
  onCameraProblem: (problem: CameraProblem) => void
}

const HEARTBEAT_MS = 500

const scanUrl = (): string => `${location.origin.replace(/^http/, 'ws')}/phone/api/scan/ws`

const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

export class ScanSession {
  private readonly socket: ScanSocket
  private readonly capture: Capture
  private stream: MediaStream | undefined
  private stopWatching: (() => void) | undefined
  private heartbeat: ReturnType<typeof setInterval> | undefined
  private flashTimer: ReturnType<typeof setTimeout> | undefined
  private shownCue = 0
  private stopped = false
  private vitals = new Vitals(performance.now())

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly store: Store<Live, LiveEvent>,
    private readonly handlers: SessionHandlers,
  ) {
    this.socket = new ScanSocket(scanUrl(), {
      onOpen: () => this.greet(),
      onMessage: (message) => this.receive(message),
      onLost: () => this.onLost(),
      onEnded: handlers.onEnded,
    })
    this.capture = new Capture(video, {
      send: (frame) => this.socket.sendFrame(frame),
      bufferedBytes: () => this.socket.bufferedBytes(),
      shownCue: () => this.shownCue,
      onPicture: () => this.vitals.picture(performance.now()),
    })
  }

  /** Opens the camera, then the connection. To be called soon after a tap. */
  async start(): Promise<void> {
    try {
      const stream = await openCamera(this.video, 'user')
      this.stream = stream
      if (this.isStopped()) {
        closeCamera(this.video, stream)
        return
      }
      await firstPicture(this.video)
      if (!this.isStopped()) this.connect(stream)
    } catch (thrown) {
      if (this.isStopped()) return
      this.onCameraProblem(thrown instanceof CameraFailure ? thrown.problem : 'no_picture')
    }
  }

  /** The screen now shows this challenge or colour. */
  shown(cue: number): void {
    this.shownCue = cue
  }

  /** The person gives up; no try is used. */
  leave(): void {
    this.send({ type: 'leave' })
    this.stop()
  }

  stop(): void {
    this.stopped = true
    clearInterval(this.heartbeat)
    clearTimeout(this.flashTimer)
    this.stopWatching?.()
    this.capture.stop()
    this.socket.close()
    if (this.stream) closeCamera(this.video, this.stream)
  }

  /** Asked as a method because it changes while something is awaited. */
  private isStopped(): boolean {
    return this.stopped
  }

  private connect(stream: MediaStream): void {
    this.store.dispatch({ type: 'camera', camera: 'on' })
    this.vitals = new Vitals(performance.now())
    const track = stream.getVideoTracks()[0]
    if (track) {
      this.stopWatching = watch(track, {
        note: (event) => this.send({ type: 'note', event }),
        onBack: () => this.comeBack(),
        onOffline: () => this.socket.drop(),
        onPaused: (paused) => this.store.dispatch({ type: 'camera', camera: paused ? 'paused' : 'on' }),
        onEnded: () => this.onCameraProblem('ended'),
      })
    }
    this.heartbeat = setInterval(() => this.check(), HEARTBEAT_MS)
    this.capture.start()
    this.socket.open()
  }

  /** Without `leave`: the server keeps the try for the same phone to go on with. */
  private onCameraProblem(problem: CameraProblem): void {
    this.stop()
    this.handlers.onCameraProblem(problem)
  }

  private send(message: PhoneMessage): void {
    this.socket.send(message)
  }

  private greet(): void {
    this.store.dispatch({ type: 'connected' })
    const inApp = inAppOf(navigator.userAgent)
    this.send({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      reduced_motion: reducedMotion(),
      camera: cameraFacts(this.video),
      user_agent_hints: { webdriver: navigator.webdriver, ...(inApp ? { in_app: inApp } : {}) },
    })
  }

  private receive(message: ServerMessage): void {
    this.store.dispatch(message)
    switch (message.type) {
      case 'ready':
        this.shownCue = 0
        this.capture.setPace(null)
        this.capture.setPace(message.pace)
        break
      case 'rate':
        this.capture.setPace(message.pace)
        break
      case 'still':
        this.capture.requestStill()
        break
      case 'colour':
        this.holdFlash(message.cue, message.holdMs)
        break
      case 'result':
        this.stop()
        this.handlers.onResult(message.result)
        break
      default:
    }
  }

  private holdFlash(cue: number, holdMs: number): void {
    clearTimeout(this.flashTimer)
    this.flashTimer = setTimeout(() => this.store.dispatch({ type: 'flash_over', cue }), holdMs)
  }

  private onLost(): void {
    this.capture.setPace(null)
    this.store.dispatch({ type: 'disconnected' })
    this.handlers.onDoubt()
  }

  private comeBack(): void {
    this.vitals = new Vitals(performance.now())
    // Phones pause the preview while the page is away, and not all go on by themselves.
    this.video.play().catch(() => undefined)
    this.socket.retryNow()
  }

  private check(): void {
    const { camera, waiting } = this.store.state()
    const finding = this.vitals.check({
      nowMs: performance.now(),
      bufferedBytes: this.socket.bufferedBytes(),
      resting: document.hidden || camera === 'paused',
      waiting,
    })
    if (finding === 'no_picture') this.onCameraProblem('no_picture')
    if (finding === 'dead_connection') this.socket.drop()
    if (finding === 'silent') this.send({ type: 'note', event: document.hidden ? 'hidden' : 'visible' })
  }
}

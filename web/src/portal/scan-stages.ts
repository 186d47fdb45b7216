/** The phone's progress as the list that the PC shows: pure. */
import type { ScanPhase, ScanProgress } from '@/shared/types'

export const STAGES = ['opened', 'consented', 'scanning', 'judging'] as const
export type Stage = (typeof STAGES)[number]
export type StageState = 'done' | 'current' | 'todo'

/** A paused phone stands before the scan: it agreed, and may start again. */
function stageOf(phase: ScanPhase): Stage {
  return phase === 'paused' ? 'consented' : phase
}

/** How each stage stands. */
export function stageStates(phase: ScanPhase): { stage: Stage; state: StageState }[] {
  const present = STAGES.indexOf(stageOf(phase))
  return STAGES.map((stage, index) => {
    if (index < present) return { stage, state: 'done' }
    return { stage, state: index === present ? 'current' : 'todo' }
  })
}

/** Whether there is a challenge to count. */
export function hasSteps(scan: ScanProgress): boolean {
  return scan.phase === 'scanning' && scan.step > 0 && scan.steps > 0
}

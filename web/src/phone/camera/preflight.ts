/**
 * Can this browser film, and if not, what can the person do? Pure rules; nobody is left without a way on.
 */

export type InApp = 'wechat' | 'qq' | 'weibo' | 'dingtalk' | 'feishu' | 'alipay'
export type System = 'ios' | 'android' | 'harmony' | 'desktop'

/** Why there is no picture. Each has its texts in the `phone.camera` section. */
export type CameraProblem =
  | 'insecure'
  | 'in_app'
  | 'unsupported'
  | 'denied'
  | 'missing'
  | 'busy'
  | 'overconstrained'
  | 'no_picture'
  | 'black'
  | 'ended'

/** Ways on, beside another method, which is always offered. */
export type Remedy = 'https' | 'copy_link' | 'permission' | 'renew' | 'retry' | 'anyway'

/** What the rules need to know of the browser. */
export interface Surroundings {
  secureContext: boolean
  hasMediaDevices: boolean
  /** Cameras the browser admits to before it was given permission; `null` if it doesn't say. */
  cameras: number | null
  hasRequirements: boolean
  userAgent: string
  touchPoints: number
}

// The order matters: WeChat Work and enterprise skins also carry the words of their relatives.
const IN_APP: readonly (readonly [InApp, RegExp])[] = [
  ['wechat', /MicroMessenger|wxwork/i],
  ['dingtalk', /DingTalk|AliApp\(DingTalk/i],
  ['feishu', /Lark|Feishu/i],
  ['alipay', /AlipayClient|AliApp\(AP/i],
  ['weibo', /Weibo/i],
  // QQ's own browser (MQQBrowser) is a browser; only the messenger says QQ/ after a blank.
  ['qq', /(^|\s)QQ\/[\d.]/i],
]

/** The app whose built-in browser this is, or `null` for a browser. */
export function inAppOf(userAgent: string): InApp | null {
  return IN_APP.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? null
}

/** The system, for the words on how to permit the camera. An iPad poses as a Mac but has touch points. */
export function systemOf(userAgent: string, touchPoints: number): System {
  if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1)) return 'ios'
  if (/OpenHarmony|HarmonyOS|ArkWeb/i.test(userAgent)) return 'harmony'
  return /Android/i.test(userAgent) ? 'android' : 'desktop'
}

/** What is certain before anything is claimed or asked: `null` if the camera may be tried. */
export function blockedBy(around: Surroundings): CameraProblem | null {
  const inApp = inAppOf(around.userAgent) !== null
  if (!around.secureContext) return 'insecure'
  if (!around.hasMediaDevices || !around.hasRequirements) return inApp ? 'in_app' : 'unsupported'
  if (around.cameras === 0) return inApp ? 'in_app' : 'missing'
  return null
}

const BY_NAME: Record<string, CameraProblem> = {
  NotAllowedError: 'denied',
  PermissionDeniedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
  OverconstrainedError: 'overconstrained',
  ConstraintNotSatisfiedError: 'overconstrained',
  TypeError: 'unsupported',
  NotSupportedError: 'unsupported',
}

/** What a failed `getUserMedia` or `play` means here. An app's browser that finds no camera hides it. */
export function problemOf(errorName: string, userAgent: string): CameraProblem {
  const problem = BY_NAME[errorName] ?? 'no_picture'
  const hidden = problem === 'missing' || problem === 'unsupported'
  return hidden && inAppOf(userAgent) !== null ? 'in_app' : problem
}

export interface Situation {
  inApp: boolean
  /** The code is bound to this browser: its link works nowhere else, and the PC has to renew it. */
  claimed: boolean
}

const elsewhere = ({ claimed }: Situation): Remedy => (claimed ? 'renew' : 'copy_link')
/** Before the code is claimed, a wrong guess about the camera must not stop anybody. */
const again = ({ claimed }: Situation): Remedy => (claimed ? 'retry' : 'anyway')
const onlyRetry = (): Remedy[] => ['retry']
const retryOrElsewhere = (at: Situation): Remedy[] => (at.inApp ? ['retry', elsewhere(at)] : ['retry'])

const REMEDIES: Record<CameraProblem, (at: Situation) => Remedy[]> = {
  insecure: () => ['https'],
  in_app: (at) => [elsewhere(at), again(at)],
  unsupported: (at) => [elsewhere(at)],
  denied: (at) => ['permission', ...retryOrElsewhere(at)],
  missing: (at) => [elsewhere(at), again(at)],
  busy: onlyRetry,
  overconstrained: onlyRetry,
  no_picture: retryOrElsewhere,
  black: retryOrElsewhere,
  ended: onlyRetry,
}

export const remediesFor = (problem: CameraProblem, at: Situation): Remedy[] => REMEDIES[problem](at)

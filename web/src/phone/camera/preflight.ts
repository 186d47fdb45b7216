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
export type Remedy = 'https' | 'copy_link' | 'permission' | 'renew' | 'retry'

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

/** The ways on. Before the code is claimed its link still works elsewhere; afterwards the PC has to renew it. */
export function remediesFor(problem: CameraProblem, inApp: boolean, claimed: boolean): Remedy[] {
  const elsewhere: Remedy = claimed ? 'renew' : 'copy_link'
  switch (problem) {
    case 'insecure':
      return ['https']
    case 'in_app':
    case 'unsupported':
    case 'missing':
      return [elsewhere, 'retry']
    case 'denied':
      return inApp ? ['permission', 'retry', elsewhere] : ['permission', 'retry']
    case 'no_picture':
    case 'black':
      return inApp ? ['retry', elsewhere] : ['retry']
    case 'busy':
    case 'overconstrained':
    case 'ended':
      return ['retry']
  }
}

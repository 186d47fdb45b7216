import { describe, expect, test } from 'vitest'
import zh from '@locales/zh-CN/phone.json'
import {
  blockedBy,
  inAppOf,
  problemOf,
  remediesFor,
  systemOf,
  type CameraProblem,
  type Surroundings,
} from './preflight'

const IOS = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID = 'Mozilla/5.0 (Linux; Android 13; M2102K1C) AppleWebKit/537.36 (KHTML, like Gecko)'
const UA = {
  safari: `${IOS} Version/17.4 Mobile/15E148 Safari/604.1`,
  chrome: `${ANDROID} Chrome/120.0.0.0 Mobile Safari/537.36`,
  qqBrowser: `${ANDROID} Chrome/109.0 MQQBrowser/14.6 Mobile Safari/537.36`,
  harmony:
    'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114 ArkWeb/4.1 Mobile',
  ipad: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1',
  windows:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36',
  wechat: `${IOS} Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/WIFI Language/zh_CN`,
  wechatWork: `${ANDROID} Version/4.0 Chrome/108 Mobile wxwork/4.1.16 MicroMessenger/7.0.1`,
  qq: `${ANDROID} Version/4.0 Chrome/109 MQQBrowser/6.2 Mobile Safari/537.36 V1_AND_SQ_9.0 QQ/9.0.15.14980 NetType/4G`,
  weibo: `${IOS} Mobile/15E148 Weibo (iPhone14,5__weibo__14.2.1__iphone__os17.4)`,
  dingtalk: `${ANDROID} Version/4.0 Chrome/100 Mobile AliApp(DingTalk/7.5.10) com.alibaba.android.rimet/1`,
  feishu: `${IOS} Mobile/15E148 Lark/7.10.5 LarkLocale/zh_CN ChannelName/Feishu`,
  alipay: `${IOS} Mobile/15E148 NebulaSDK/1.8 AliApp(AP/10.5.60) AlipayClient/10.5.60 Language/zh-Hans`,
}

const around = (rest: Partial<Surroundings> = {}): Surroundings => ({
  secureContext: true,
  hasMediaDevices: true,
  cameras: 1,
  hasRequirements: true,
  userAgent: UA.safari,
  touchPoints: 5,
  ...rest,
})

describe('whose browser this is', () => {
  test.each([
    ['safari', null],
    ['chrome', null],
    ['qqBrowser', null],
    ['harmony', null],
    ['windows', null],
    ['wechat', 'wechat'],
    ['wechatWork', 'wechat'],
    ['qq', 'qq'],
    ['weibo', 'weibo'],
    ['dingtalk', 'dingtalk'],
    ['feishu', 'feishu'],
    ['alipay', 'alipay'],
  ] as const)('%s → %s', (name, app) => {
    expect(inAppOf(UA[name])).toBe(app)
  })

  test.each([
    ['safari', 5, 'ios'],
    ['wechat', 5, 'ios'],
    ['ipad', 5, 'ios'],
    ['ipad', 0, 'desktop'],
    ['chrome', 5, 'android'],
    ['harmony', 5, 'harmony'],
    ['windows', 0, 'desktop'],
  ] as const)('%s with %i touch points runs on %s', (name, touchPoints, system) => {
    expect(systemOf(UA[name], touchPoints)).toBe(system)
  })
})

describe('before anything is claimed', () => {
  test.each([
    ['all is well', {}, null],
    ['the browser does not tell its cameras', { cameras: null }, null],
    ['an app with a camera', { userAgent: UA.wechat }, null],
    ['plain http', { secureContext: false, hasMediaDevices: false }, 'insecure'],
    [
      'plain http in an app',
      { secureContext: false, hasMediaDevices: false, userAgent: UA.wechat },
      'insecure',
    ],
    ['an app without camera access', { hasMediaDevices: false, userAgent: UA.alipay }, 'in_app'],
    ['an app that hides the camera', { cameras: 0, userAgent: UA.weibo }, 'in_app'],
    ['an old browser', { hasMediaDevices: false }, 'unsupported'],
    ['a browser without WebSocket', { hasRequirements: false }, 'unsupported'],
    ['a device without camera', { cameras: 0, userAgent: UA.windows }, 'missing'],
  ] as const satisfies [string, Partial<Surroundings>, CameraProblem | null][])('%s', (_, rest, problem) => {
    expect(blockedBy(around(rest))).toBe(problem)
  })
})

describe('what a failed camera means', () => {
  test.each([
    ['NotAllowedError', 'chrome', 'denied'],
    ['PermissionDeniedError', 'chrome', 'denied'],
    ['SecurityError', 'chrome', 'denied'],
    ['NotFoundError', 'chrome', 'missing'],
    ['DevicesNotFoundError', 'chrome', 'missing'],
    ['NotReadableError', 'chrome', 'busy'],
    ['TrackStartError', 'chrome', 'busy'],
    ['AbortError', 'chrome', 'busy'],
    ['OverconstrainedError', 'chrome', 'overconstrained'],
    ['ConstraintNotSatisfiedError', 'chrome', 'overconstrained'],
    ['TypeError', 'chrome', 'unsupported'],
    ['NotSupportedError', 'chrome', 'unsupported'],
    ['SomethingNewError', 'chrome', 'no_picture'],
    ['', 'chrome', 'no_picture'],
    ['NotAllowedError', 'wechat', 'denied'],
    ['NotFoundError', 'wechat', 'in_app'],
    ['TypeError', 'feishu', 'in_app'],
    ['NotReadableError', 'wechat', 'busy'],
  ] as const)('%s in %s → %s', (name, browser, problem) => {
    expect(problemOf(name, UA[browser])).toBe(problem)
  })
})

describe('nobody is left without a way on', () => {
  const problems = Object.entries(zh.camera)
    .filter(([, texts]) => typeof texts === 'object' && 'title' in texts)
    .map(([name]) => name as CameraProblem)

  test.each(problems)('%s', (problem) => {
    for (const inApp of [true, false]) {
      for (const claimed of [true, false]) {
        const remedies = remediesFor(problem, { inApp, claimed })
        expect(remedies.length, `inApp ${inApp} claimed ${claimed}`).toBeGreaterThan(0)
        // A claimed code opens nowhere else; before the claim a renewed one is not needed.
        expect(remedies).not.toContain(claimed ? 'copy_link' : 'renew')
      }
    }
  })

  test('a wrong guess about the camera can be overruled before the claim', () => {
    for (const problem of ['missing', 'in_app'] as const) {
      expect(remediesFor(problem, { inApp: true, claimed: false })).toContain('anyway')
    }
  })

  test('a denied camera comes with how to allow it', () => {
    expect(remediesFor('denied', { inApp: false, claimed: true })).toEqual(['permission', 'retry'])
    expect(remediesFor('denied', { inApp: true, claimed: true })).toEqual(['permission', 'retry', 'renew'])
  })
})

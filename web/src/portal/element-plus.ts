/** The Element Plus components that the portal uses, each with its style sheet: what is not here is not in the bundle. */
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/el-button.css'
import 'element-plus/theme-chalk/el-dialog.css'
import 'element-plus/theme-chalk/el-input.css'
import 'element-plus/theme-chalk/el-overlay.css'
import 'element-plus/theme-chalk/el-skeleton.css'
import 'element-plus/theme-chalk/el-skeleton-item.css'
import 'element-plus/theme-chalk/el-tag.css'
import './element-theme.css'

import { computed } from 'vue'
import { provideGlobalConfig, type ConfigProviderProps } from 'element-plus'
import type { Language } from 'element-plus/es/locale/index.mjs'

export { ElButton, ElDialog, ElInput, ElSkeleton, ElTag } from 'element-plus'
export type { InputInstance } from 'element-plus'

/** Has Element Plus speak the page's language; for the root component's set-up. */
export function provideLocale(locale: () => Language): void {
  // The declared type is that of the prop's definition and not of its value.
  provideGlobalConfig(
    computed(() => ({ locale: locale() as unknown as NonNullable<ConfigProviderProps['locale']> })),
  )
}

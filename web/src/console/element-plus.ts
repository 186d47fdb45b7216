/** The Element Plus components that the console uses, each with its style sheet. */
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/el-button.css'
import 'element-plus/theme-chalk/el-dialog.css'
import 'element-plus/theme-chalk/el-input.css'
import 'element-plus/theme-chalk/el-overlay.css'
import 'element-plus/theme-chalk/el-skeleton.css'
import 'element-plus/theme-chalk/el-skeleton-item.css'
import 'element-plus/theme-chalk/el-tag.css'
import '@/portal/element-theme.css'

export { provideLocale } from '@/portal/element-plus'
export { ElButton, ElDialog, ElInput, ElSkeleton, ElTag } from 'element-plus'

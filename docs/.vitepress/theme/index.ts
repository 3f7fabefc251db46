import '@shikijs/vitepress-twoslash/style.css'
import TwoslashFloatingVue from '@shikijs/vitepress-twoslash/client'
import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { onContentUpdated } from 'vitepress'
import { rememberFramework, showFramework } from './framework.ts'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.use(TwoslashFloatingVue)
  },
  setup() {
    rememberFramework()
    onContentUpdated(showFramework)
  },
} satisfies Theme

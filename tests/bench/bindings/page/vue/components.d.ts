/** What TypeScript knows of the components here; `vue-tsc` would know more. */
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}

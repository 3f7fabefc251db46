export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  modules: [['@rowsignal/vue/nuxt', { database: '~/db' }]],
})

export { openPowerSync } from './web/open.ts'

export { openPowerSync, type OpenPowerSyncOptions } from './web/open.ts'

/** @module @rowsignal/core/web */
export { openPowerSync, type OpenPowerSyncOptions } from './web/open.ts'
export { pickStorage, type PickedStorage } from './web/pick-storage.ts'
export { resetStorage } from './web/reset-storage.ts'
export { watchOpen } from './web/watch-open.ts'

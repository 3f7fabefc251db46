/**
 * The entry `@rowsignal/core/testing`: what the tests of an app need. No other entry imports it.
 *
 * @module @rowsignal/core/testing
 */
export { openTestDatabase } from './web/test-database.ts'

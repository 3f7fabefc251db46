import type { CommonPowerSyncDatabase } from '@powersync/common'
import { expect, test, vi } from 'vitest'
import { uploadStateOf } from '../../../core/src/outbox/upload-state.ts'

const newUploads = () => uploadStateOf({} as CommonPowerSyncDatabase)

test('what the connector tells is told once a change, and an equal fact to nobody', () => {
  const uploads = newUploads()
  expect(uploads.isConnector).toBe(false)
  const seen: unknown[] = []
  uploads.state.listen((state) => seen.push(state))
  const error = new Error('refused')
  const failed = { uploading: false, attempts: 1, error, nextRetryAt: new Date(5) }
  uploads.set({ uploading: true })
  uploads.set({ uploading: true })
  uploads.set(failed)
  uploads.set({ nextRetryAt: new Date(5) })
  uploads.rest()
  uploads.rest()
  const resting = { uploading: false, attempts: 0, error: undefined, nextRetryAt: undefined }
  expect(seen).toEqual([{ ...resting, uploading: true }, failed, resting])
  expect(uploads.isConnector).toBe(true)
})

test('a retry is asked for once, and of nobody who has taken it back', () => {
  const uploads = newUploads()
  expect(uploads.retryNow()).toBe(false)
  const retry = vi.fn<() => void>()
  uploads.onRetryNow(retry)
  expect([uploads.retryNow(), uploads.retryNow()]).toEqual([true, false])
  const stop = uploads.onRetryNow(retry)
  uploads.onRetryNow(retry)()
  stop()
  expect(uploads.retryNow()).toBe(false)
  expect(retry).toHaveBeenCalledOnce()
})

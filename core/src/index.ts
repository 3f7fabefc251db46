export { isRowsignalError, RowsignalError, type RowsignalErrorCode } from './errors.ts'
export {
  addFrameworkBatch,
  batch,
  createReadable,
  type ObservableLike,
  type Readable,
  type Source,
  type Stop,
  toObservable,
} from './readable.ts'

/**
 * Files of the in-process engine that outlive its databases. SQLite writes them synchronously, so a copy taken at any
 * moment is what a process that is killed in that moment leaves on its disk, journals included.
 */
import { MemoryVFS, type StoredFile } from '@journeyapps/wa-sqlite/src/examples/MemoryVFS.js'

export type StoredFiles = Map<string, StoredFile>

const kept = new Map<string, StoredFiles>()

/** The files of the database `filename`, from now on kept here. */
export function keepFiles(filename: string, files: StoredFiles = new Map()): StoredFiles {
  kept.set(filename, files)
  return files
}

export function copyFiles(files: StoredFiles): StoredFiles {
  return new Map([...files].map(([name, file]) => [name, { ...file, data: file.data.slice(0) }]))
}

const create = MemoryVFS.create.bind(MemoryVFS)

MemoryVFS.create = async (filename, module) => {
  const vfs = await create(filename, module)
  vfs.mapNameToFile = kept.get(filename) ?? vfs.mapNameToFile
  return vfs
}

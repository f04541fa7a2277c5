/**
 * The user's folder: everything that Lathe remembers.
 *
 *     lathe.sqlite        studies, trials, utterances, jobs, library
 *     *.lock              empty; who holds the queue, and who runs a trial (claim.ts)
 *     models/<hash>/      models by content
 *     cache/<kind>/       what can be computed again
 *     trainings/<id>/     the last checkpoint of each training, and its curve
 *     tmp/                what is being written
 *     web-token           what pages show to `lathe serve`; for its owner only (services/kept-token.ts)
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { openCache, type Cache } from './cache'
import { openCheckpointStore, type CheckpointStore } from './checkpoint-store'
import { openDatabase } from './database'
import { fileFailure } from './file-failure'
import { makeFolder } from './make-folder'
import { openModelStore, type ModelStore } from './model-store'
import { createJobRecords, type JobRecords } from './job-records'
import { createLibraryRecords, type LibraryRecords } from './library-records'
import { createRecords, type Records } from './records'
import { migrate } from './schema'

export interface Workspace {
  /** Absolute. */
  readonly folder: string
  /** For files in the making; on the file system of the workspace. Cleaned a day after a file was last written. */
  readonly temporaryFolder: string
  readonly models: ModelStore
  readonly cache: Cache
  readonly checkpoints: CheckpointStore
  readonly records: Records
  readonly jobs: JobRecords
  readonly library: LibraryRecords
  /** Closing twice is harmless. */
  close(): void
}

const databaseName = 'lathe.sqlite'
/** What file managers leave in a folder that a user takes for empty. */
const ignoredFiles: readonly string[] = ['.DS_Store', 'Thumbs.db', 'desktop.ini']
/** No file takes a day to write, so an older one belongs to a process that was killed. */
const staleMilliseconds = 24 * 60 * 60 * 1000

/**
 * Opens the workspace in `folder`, and creates it when the folder is absent or empty. Several processes may have the
 * same workspace open.
 *
 * @throws WorkbenchError `conflict` when the folder holds something else, or was made by a newer Lathe; `io` when it
 * cannot be read or written.
 */
export function openWorkspace(folder: string): Workspace {
  const absolute = resolve(folder)
  claimFolder(absolute)
  const database = openDatabase(join(absolute, databaseName))
  try {
    migrate(database)
    const temporaryFolder = madeFolder(join(absolute, 'tmp'))
    removeStaleFiles(temporaryFolder)
    return {
      folder: absolute,
      temporaryFolder,
      models: openModelStore(madeFolder(join(absolute, 'models')), temporaryFolder),
      cache: openCache(madeFolder(join(absolute, 'cache')), temporaryFolder),
      checkpoints: openCheckpointStore(join(absolute, 'trainings'), temporaryFolder),
      records: createRecords(database),
      jobs: createJobRecords(database),
      library: createLibraryRecords(database),
      close: () => database.close()
    }
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/**
 * Opens the workspace in `folder` for those who only look: a wrong path must not leave an empty workspace behind.
 *
 * @throws WorkbenchError `not-found` when there is no workspace; otherwise as `openWorkspace`.
 */
export function openExistingWorkspace(folder: string): Workspace {
  const absolute = resolve(folder)
  if (!existsSync(join(absolute, databaseName))) {
    throw new WorkbenchError(
      'not-found',
      `'${absolute}' holds no Lathe workspace: check the path, or run a study to make one there.`,
      { details: { folder: absolute } }
    )
  }
  return openWorkspace(absolute)
}

/** Makes sure that `folder` exists and is either a workspace or empty. */
function claimFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new WorkbenchError(
      'conflict',
      `'${folder}' is a file, expected a folder: choose another place for the workspace.`,
      { details: { folder } }
    )
  }
  makeFolder(folder)
  // The database is always the first file to be made, so another process cannot be met half way.
  const names = namesIn(folder).filter((name) => !ignoredFiles.includes(name))
  if (names.length > 0 && !names.includes(databaseName)) {
    throw new WorkbenchError(
      'conflict',
      `'${folder}' is not a Lathe workspace: it holds '${names[0] ?? ''}' but no ${databaseName}; choose a workspace or an empty folder.`,
      { details: { folder } }
    )
  }
}

function madeFolder(path: string): string {
  makeFolder(path)
  return path
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (thrown) {
    throw fileFailure(thrown, 'read the folder', folder)
  }
}

function removeStaleFiles(temporaryFolder: string): void {
  for (const name of namesIn(temporaryFolder)) {
    const path = join(temporaryFolder, name)
    try {
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity)
      if (age > staleMilliseconds) rmSync(path, { recursive: true, force: true })
    } catch {
      // Rubbish that cannot be removed, such as another user's, does no harm: the workspace opens all the same.
    }
  }
}

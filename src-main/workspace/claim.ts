/**
 * Who may do what only one process at a time should do in a workspace.
 *
 * - The queue: two over the same jobs would run them twice, and each would take the other's running job for one that
 *   was interrupted. The command line does not need it.
 * - A trial: two at once would compute the same, and each would slow down what the other measures.
 * - A training: two at once would replace each other's checkpoints, and one that is removed would write itself anew.
 *
 * A claim is a lock of the operating system on a file of its own, which ends with the process however that dies.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { databaseFailure, isBusy } from './database-failure'

/** Gives a claim back; twice is harmless. */
export type Release = () => void

/**
 * Claims the queue of the workspace in `folder`, which must exist.
 *
 * @throws WorkbenchError `conflict` when another window or server has it, `io` when the lock cannot be made.
 */
export function claimWorkbench(folder: string): Release {
  const release = lock(join(folder, 'workbench.lock'))
  if (release !== undefined) return release
  throw new WorkbenchError(
    'conflict',
    `The workspace '${folder}' is open in another Lathe window or server: use that one, or choose another folder.`,
    { details: { folder } }
  )
}

/**
 * Claims the right to run a trial in the workspace in `folder`; undefined while another process has it.
 *
 * @throws WorkbenchError `io` when the lock cannot be made.
 */
export function claimTrial(folder: string): Release | undefined {
  return lock(join(folder, 'trial.lock'))
}

/**
 * Claims the training whose checkpoint is in `folder`, which must exist; undefined while another process has it.
 *
 * @throws WorkbenchError `io` when the lock cannot be made.
 */
export function claimTraining(folder: string): Release | undefined {
  return lock(join(folder, 'training.lock'))
}

/** SQLite's locks work alike on every system, and Node has no others. The file stays empty. */
function lock(path: string): Release | undefined {
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(path, { timeout: 0 })
    connection.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    connection?.close()
    if (isBusy(thrown)) return undefined
    throw databaseFailure(thrown, path)
  }
  const held = connection
  return () => {
    if (held.isOpen) held.close()
  }
}

/**
 * One workbench per workspace: two queues over the same jobs would run them twice, and each would take the other's
 * running job for one that was interrupted. The claim is a lock of the operating system on a file of its own, which
 * ends with the process however that dies; the command line does not need it.
 */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'

const claimName = 'workbench.lock'

/**
 * Claims the queue of the workspace in `folder`, which must exist. Returns how to give it back; twice is harmless.
 *
 * @throws WorkbenchError `conflict` when another window or server has it.
 */
export function claimWorkbench(folder: string): () => void {
  const connection = new DatabaseSync(join(folder, claimName), { timeout: 0 })
  try {
    connection.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    connection.close()
    throw new WorkbenchError(
      'conflict',
      `The workspace '${folder}' is open in another Lathe window or server: use that one, or choose another folder.`,
      { details: { folder }, cause: thrown }
    )
  }
  return () => {
    if (connection.isOpen) connection.close()
  }
}

/** Other programs, run to their end: an argument list, bytes in, bytes out. No shell is involved. */
import { spawn } from 'node:child_process'
import { WorkbenchError } from '@contract/errors'

export interface Program {
  readonly name: string
  /** How a user comes by it, as half a sentence: `install the package espeak-ng`. */
  readonly remedy: string
}

/**
 * What `program` writes to its standard output.
 *
 * @throws WorkbenchError `not-found` with the remedy when there is no such program, `io` with the first line of its complaint
 *   when it fails.
 */
export function runProgram(
  { name, remedy }: Program,
  programArguments: readonly string[],
  input?: Uint8Array
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, programArguments, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
    const output: Buffer[] = []
    const complaint: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk))
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'ENOENT'
          ? `The program '${name}' was not found: ${remedy} and try again.`
          : `The program '${name}' could not be started: ${cause.message}.`
      reject(new WorkbenchError(cause.code === 'ENOENT' ? 'not-found' : 'io', message, { cause }))
    })
    child.on('close', (code) => {
      if (code === 0) {
        resolve(new Uint8Array(Buffer.concat(output)))
        return
      }
      const [firstLine = ''] = Buffer.concat(complaint).toString('utf8').trim().split('\n')
      const reason = firstLine === '' ? 'it does not say why' : firstLine
      reject(new WorkbenchError('io', `The program '${name}' ended with code ${code ?? '-'}: ${reason}.`))
    })
    // A program that ends early closes its input; its exit code says what happened.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** A real workbench over services that compute nothing: what they are asked is answered when the test says so. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import type { ModelDescription } from '@contract/model'
import type { StudyReport } from '@contract/trial'
import type { RecognizedPath } from '../../src-main/services/preview-path'
import type { RunStudyRequest, ServiceOptions } from '../../src-main/services/requests'
import type { Services } from '../../src-main/services/services'
import { createWorkbench, type Workbench, type WorkbenchOptions } from '../../src-main/services/workbench'

/** One call of a service that waits for the test. */
export interface WaitingCall<Request, Result> {
  readonly request: Request
  readonly options: ServiceOptions
  readonly isSettled: boolean
  resolve(result: Result): void
  reject(error: Error): void
}

export interface FakeServices {
  readonly services: Services
  readonly describing: WaitingCall<string, ModelDescription>[]
  readonly studies: WaitingCall<RunStudyRequest, StudyReport>[]
  readonly previewing: WaitingCall<string, RecognizedPath>[]
}

/** What a service that was told to stop rejects with. */
export function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The job was cancelled.')
}

export function createFakeServices(): FakeServices {
  const describing: FakeServices['describing'] = []
  const studies: FakeServices['studies'] = []
  const previewing: FakeServices['previewing'] = []
  const wait =
    <Request, Result>(calls: WaitingCall<Request, Result>[]) =>
    (request: Request, options: ServiceOptions = {}) =>
      new Promise<Result>((resolve, reject) => {
        const call = {
          request,
          options,
          isSettled: false,
          resolve(result: Result) {
            call.isSettled = true
            resolve(result)
          },
          reject(error: Error) {
            call.isSettled = true
            reject(error)
          }
        }
        calls.push(call)
        if (options.signal?.aborted) call.reject(cancelled())
      })
  // What is not here no test asks for.
  const services = {
    describeModel: wait(describing),
    runStudy: wait(studies),
    previewPath: wait(previewing),
    listStudies: () => []
  } satisfies Partial<Services> as Partial<Services> as Services
  return { services, describing, studies, previewing }
}

export interface FakeWorkbench extends FakeServices {
  readonly workbench: Workbench
  /** The only folder that may be opened. */
  readonly root: string
}

/** Makes `root` and `workspace` in `folder`. */
export function openFakeWorkbench(folder: string, options: Partial<WorkbenchOptions> = {}): FakeWorkbench {
  const fake = createFakeServices()
  const root = join(folder, 'root')
  mkdirSync(root, { recursive: true })
  const workbench = createWorkbench(fake.services, {
    workspaceFolder: join(folder, 'workspace'),
    roots: [root],
    isConfined: true,
    host: 'web',
    ...options
  })
  return { ...fake, workbench, root }
}

/** Lets everything that waits for nothing but its turn happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Everything that a page can see and do, for one workspace folder and whatever transport: calls by name, events, and
 * the bytes that are too many for a message. The process that holds it never computes.
 */
import { join } from 'node:path'
import { calls, isCallName, type CallName, type CheckedParams } from '@contract/calls'
import { WorkbenchError } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import type { PathChoice, PathQuestion } from '@contract/path-choice'
import type { AppDescription } from '@contract/workbench-data'
import { allowFolders } from '../workspace/allowed-folders'
import { claimWorkbench } from '../workspace/claim'
import { randomKey } from '../workspace/random-key'
import { openWorkspace } from '../workspace/workspace'
import { createCallHandlers, type CallContext, type CallHandlers } from './call-handlers'
import { createDataShelf, type DataShelf, type ShelvedData } from './data-shelf'
import { createEventHistory, type EventHistory } from './event-history'
import { createJobLog } from './job-log'
import { createJobQueue } from './job-queue'
import { createModelInspection } from './inspect-model'
import { createLibrary, type DemoFiles } from './library'
import { createListening } from './listening'
import { createPlanMeasuring } from './measure-plan'
import { assertPlainData } from './plain-data'
import { createTrainings } from './trainings'
import { readRecording } from './read-recording'
import type { Services } from './services'

export interface WorkbenchOptions {
  /** Made when it is absent or empty. */
  readonly workspaceFolder: string
  /** Folders that the page may choose files from, the first one first. */
  readonly roots: readonly string[]
  /** Whether only files inside the roots may be opened: false where the system's own dialog chooses files. */
  readonly isConfined: boolean
  readonly host: AppDescription['host']
  readonly historyLength?: number
  /** The system's own dialog for files and folders, where the host has one. */
  readonly choosePath?: (question: PathQuestion) => Promise<PathChoice>
  /** What came with Lathe. The demo and the recipes in it may be opened; where they are not there, there are none. */
  readonly resourcesFolder?: string
}

export interface Workbench {
  /**
   * Answers a call.
   *
   * @throws WorkbenchError `protocol` for a name that is not in the table, `invalid-input` for parameters that their
   * schema refuses, and what the handler throws.
   */
  handle(name: string, params: unknown, context: CallContext): Promise<unknown>
  readonly events: EventHistory
  /** Large arrays, fetched by key over HTTP. */
  readonly data: DataShelf
  /** The bytes of a recording. @throws WorkbenchError `not-found` unless it is a sound file that may be opened. */
  readRecording(path: string): Promise<ShelvedData>
  /** Interrupts the running job, keeps what is finished, and closes the workspace. Twice is harmless. */
  close(): Promise<void>
}

/** @throws WorkbenchError `conflict` when another window or server has the workspace; otherwise as `openWorkspace`. */
export function createWorkbench(services: Services, options: WorkbenchOptions): Workbench {
  const shipped = shippedFolders(options.resourcesFolder)
  const folders = allowFolders([...options.roots, ...shipped.folders], options.isConfined)
  const workspace = openWorkspace(options.workspaceFolder)
  let release: () => void
  try {
    release = claimWorkbench(workspace.folder)
  } catch (thrown) {
    workspace.close()
    throw thrown
  }
  const events = createEventHistory(randomKey(), options.historyLength)
  const publish = (event: WorkbenchEvent): void => {
    events.publish(event)
  }
  const now = (): string => new Date().toISOString()
  // Before the queue, which may write at once.
  const log = createJobLog(events)
  const clock = { nowMilliseconds: () => performance.now() }
  const trainings = createTrainings({
    workspace,
    folders,
    services,
    openEngine: () => services.openInteractiveEngine(),
    publish,
    clock
  })
  const queue = createJobQueue({
    workspace,
    runStudy: services.runStudy.bind(services),
    trainings,
    publish,
    clock,
    now
  })
  const library = createLibrary({
    records: workspace.library,
    folders,
    demo: shipped.demo,
    preview: (path, options) => services.previewPath(path, options),
    publish,
    now
  })
  const inspection = createModelInspection({
    openEngine: () => services.openInteractiveEngine(),
    folders,
    workspaceFolder: workspace.folder
  })
  const measuring = createPlanMeasuring({
    openEngine: () => services.openInteractiveEngine(),
    folders,
    workspaceFolder: workspace.folder
  })
  const data = createDataShelf()
  const listening = createListening({
    workspace,
    folders,
    shelf: data,
    openEngine: () => services.openInteractiveEngine()
  })
  const handlers = createCallHandlers({
    services,
    queue,
    log,
    library,
    inspection,
    measuring,
    listening,
    trainings,
    folders,
    workspaceFolder: workspace.folder,
    host: options.host,
    choosePath: options.choosePath ?? (async () => null)
  })
  let closing: Promise<void> | undefined
  return {
    handle: async (name, params, context) => {
      const call = checkedCall(name, params)
      return answer(handlers, call.name, call.params, context)
    },
    events,
    data,
    readRecording: (path) => readRecording(folders.resolve(path)),
    close: () => {
      inspection.close()
      measuring.close()
      listening.close()
      trainings.close()
      return (closing ??= queue.close().finally(() => {
        workspace.close()
        release()
      }))
    }
  }
}

interface ShippedFolders {
  /** Those of which something may be opened. */
  readonly folders: readonly string[]
  readonly demo: DemoFiles | undefined
}

function shippedFolders(resources: string | undefined): ShippedFolders {
  if (resources === undefined) return { folders: [], demo: undefined }
  const [demo, recipes] = ['demo', 'recipes'].map((name) => presentFolder(join(resources, name)))
  return {
    folders: [demo, recipes].filter((folder) => folder !== undefined),
    demo:
      demo === undefined || recipes === undefined
        ? undefined
        : { folder: demo, recipePath: join(recipes, 'demo.json') }
  }
}

/** The folder, links followed, or undefined when there is none. */
function presentFolder(folder: string): string | undefined {
  try {
    return allowFolders([folder]).roots[0]
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'not-found') return undefined
    throw thrown
  }
}

/** Ties the parameters to the handler of the same name, which the compiler cannot follow through a union. */
function answer<N extends CallName>(
  handlers: CallHandlers,
  name: N,
  params: CheckedParams<N>,
  context: CallContext
): unknown {
  return handlers[name](params, context)
}

function checkedCall(name: string, params: unknown): { name: CallName; params: CheckedParams<CallName> } {
  if (!isCallName(name)) {
    throw new WorkbenchError(
      'protocol',
      `Lathe has no call '${name}': the page and its host are of different versions; load the page again.`
    )
  }
  assertPlainData(params)
  const checked = calls[name].params.safeParse(params)
  if (checked.success) return { name, params: checked.data }
  const [issue] = checked.error.issues
  const place =
    issue === undefined || issue.path.length === 0 ? 'its parameters' : `'${issue.path.join('.')}'`
  throw new WorkbenchError(
    'invalid-input',
    `The call '${name}' is wrong at ${place}: ${issue?.message ?? 'unknown'}.`,
    { details: { place: issue?.path.join('.') ?? '' } }
  )
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServerMessage } from '@contract/wire'
import { openFakeWorkbench, settle, type FakeWorkbench } from '../../tests/helpers/fake-workbench'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { serveConnection, type Connection } from './serve-connection'

const folder = useTemporaryFolder()
let fake: FakeWorkbench
let told: ServerMessage[]
let isClosed: boolean
let connection: Connection

beforeEach(() => {
  fake = openFakeWorkbench(folder())
  told = []
  isClosed = false
  connection = serveConnection(fake.workbench, {
    send: (message) => told.push(message),
    close: () => {
      isClosed = true
    }
  })
})
afterEach(() => fake.workbench.close())

const hello = (resume: unknown = null) => ({ kind: 'hello', protocol: 1, resume })
const describeModel = (id: number) => ({
  kind: 'request',
  id,
  name: 'model.describe',
  params: { modelPath: fake.root }
})

describe('a greeting', () => {
  it('from a page of an earlier run of the host makes it load everything again', () => {
    fake.workbench.events.publish({ kind: 'job.removed', jobId: 'a' })
    connection.receive(hello({ session: 'an earlier run', sequence: 1 }))
    expect(told).toMatchObject([{ kind: 'welcome', sequence: 1, mustReload: true }])
  })

  it('is answered before the events that the page missed', () => {
    const { events } = fake.workbench
    for (const jobId of ['a', 'b']) events.publish({ kind: 'job.removed', jobId })
    connection.receive(hello({ session: events.session, sequence: 1 }))
    expect(told).toMatchObject([
      { kind: 'welcome', sequence: 2, mustReload: false },
      { kind: 'event', sequence: 2, event: { jobId: 'b' } }
    ])
  })
})

describe('a page that goes wrong', () => {
  it.each<[string, () => unknown[]]>([
    ['uses a number twice', () => [describeModel(1), describeModel(1)]],
    ['asks without end', () => Array.from({ length: 201 }, (_, index) => describeModel(index + 1))]
  ])('and %s is left, and its calls are cancelled', async (_, messages) => {
    connection.receive(hello())
    for (const message of messages()) connection.receive(message)
    await settle()
    expect(isClosed).toBe(true)
    expect(told.slice(1)).toMatchObject([{ kind: 'closed', error: { code: 'protocol' } }])
    expect(fake.describing.length).toBeGreaterThan(0)
    for (const { options } of fake.describing) expect(options.signal?.aborted).toBe(true)
    connection.receive(describeModel(500))
    expect(told).toHaveLength(2)
  })
})

describe('a bug in Lathe', () => {
  it('is told as one, without its stack', async () => {
    connection.receive(hello())
    connection.receive(describeModel(1))
    await settle()
    fake.describing[0]!.reject(new TypeError('x is not a function'))
    await settle()
    expect(told[1]).toEqual({
      kind: 'error',
      id: 1,
      error: {
        code: 'internal',
        message: 'This is a bug in Lathe, report it: x is not a function.',
        details: {},
        cause: { code: 'internal', message: 'x is not a function', details: {} }
      }
    })
  })
})

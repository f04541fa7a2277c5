import { describe, expect, it } from 'vitest'
import { errorCodes, fromErrorWire, toErrorWire, WorkbenchError, wrapError, type ErrorWire } from './errors'

/** What any transport does to a message. */
function transmit(wire: ErrorWire): ErrorWire {
  return JSON.parse(JSON.stringify(wire)) as ErrorWire
}

describe('an error on the wire', () => {
  it.each(errorCodes)('keeps the code %s, the message and the details', (code) => {
    const details = { path: 'model.onnx', sizeBytes: 12, isExternal: false, hint: null }
    const restored = fromErrorWire(transmit(toErrorWire(new WorkbenchError(code, 'It broke.', { details }))))
    expect(restored).toBeInstanceOf(WorkbenchError)
    expect(restored).toMatchObject({ name: 'WorkbenchError', code, message: 'It broke.', details })
    expect(restored.cause).toBeUndefined()
  })

  it('keeps the chain of causes down to a foreign error', () => {
    const root = new TypeError('x is not a function')
    const middle = new WorkbenchError('io', 'The file could not be read.', {
      cause: root,
      details: { attempts: 3 }
    })
    const top = new WorkbenchError('unsupported-model', 'The model could not be opened.', { cause: middle })

    const restored = fromErrorWire(transmit(toErrorWire(top)))
    expect(restored).toMatchObject({ code: 'unsupported-model', message: top.message, details: {} })
    const restoredMiddle = restored.cause as WorkbenchError
    expect(restoredMiddle).toBeInstanceOf(WorkbenchError)
    expect(restoredMiddle).toMatchObject({ code: 'io', message: middle.message, details: { attempts: 3 } })
    expect(restoredMiddle.cause).toBeInstanceOf(WorkbenchError)
    expect(restoredMiddle.cause).toMatchObject({ code: 'internal', message: 'x is not a function' })
    expect((restoredMiddle.cause as WorkbenchError).cause).toBeUndefined()
  })

  it('is the same after a second journey', () => {
    const wire = transmit(
      toErrorWire(
        new WorkbenchError('conflict', 'Outer.', { cause: new WorkbenchError('cancelled', 'Inner.') })
      )
    )
    expect(transmit(toErrorWire(fromErrorWire(wire)))).toEqual(wire)
  })

  it.each(['from-a-newer-version', '', 'Internal', 'toString'])(
    'turns the unknown code "%s" into protocol and keeps the rest',
    (code) => {
      const restored = fromErrorWire({ code, message: 'Something new.', details: { n: 1 } })
      expect(restored).toMatchObject({ code: 'protocol', message: 'Something new.', details: { n: 1 } })
    }
  )

  it.each<[string, unknown, string]>([
    ['an Error', new RangeError('Out of range'), 'Out of range'],
    ['a string', 'just text', 'just text'],
    ['a number', 404, '404'],
    ['nothing', undefined, 'undefined']
  ])('turns %s into internal', (_, thrown, message) => {
    expect(toErrorWire(thrown)).toEqual({ code: 'internal', message })
  })
})

describe('a long message', () => {
  it('is kept up to 4,000 characters', () => {
    const message = 'x'.repeat(4000)
    expect(new WorkbenchError('io', message).message).toBe(message)
  })

  it('is cut in the middle, so that it keeps what happened and the next step', () => {
    const message = `Begin${'x'.repeat(1e6)}end.`
    const { message: cut } = new WorkbenchError('io', message)
    expect(cut).toBe(`${message.slice(0, 2000)} ... ${message.slice(-2000)}`)
    expect(cut).toMatch(/^Begin.*end\.$/)
  })

  it('of a foreign error is cut where it comes in from another process', () => {
    const wire = toErrorWire(new Error('y'.repeat(1e6)))
    expect(fromErrorWire(wire).message.length).toBe(4005)
  })
})

describe('wrapError', () => {
  it('gives a foreign error a code and context, and keeps it as the cause', () => {
    const foreign = new SyntaxError('Unexpected token')
    const wrapped = wrapError(foreign, 'invalid-input', 'The recipe is not JSON.')
    expect(wrapped).toMatchObject({ code: 'invalid-input', message: 'The recipe is not JSON.', details: {} })
    expect(wrapped.cause).toBe(foreign)
  })

  it('lets an error that already has a code pass through', () => {
    const coded = new WorkbenchError('not-found', 'There is no such file.')
    expect(wrapError(coded, 'io', 'Reading failed.')).toBe(coded)
  })
})

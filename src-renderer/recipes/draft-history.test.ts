import { describe, expect, it } from 'vitest'
import { record, redo, startHistory, undo } from './draft-history'

const typed = (subject: string, atMilliseconds: number) => ({ subject, atMilliseconds })

describe('the history of a draft', () => {
  it('takes back and brings again', () => {
    let history = record(startHistory('a'), 'b', typed('x', 0))
    history = record(history, 'c', typed('y', 10))
    expect(undo(history).present).toBe('b')
    expect(undo(undo(history)).present).toBe('a')
    expect(redo(undo(undo(history))).present).toBe('b')
    expect(redo(redo(undo(undo(history)))).present).toBe('c')
  })

  it('stays as it is where there is nothing to take back or to bring again', () => {
    const history = startHistory('a')
    expect(undo(history)).toBe(history)
    expect(redo(history)).toBe(history)
  })

  it('makes one step of what is typed into one field without a pause', () => {
    let history = startHistory('')
    for (const [index, text] of ['w', 'wo', 'wor'].entries())
      history = record(history, text, typed('name', index * 500))
    expect(undo(history).present).toBe('')
    expect(undo(record(history, 'word', typed('name', 5000))).present).toBe('wor')
  })

  it('begins a new step after an undo, and forgets what was undone', () => {
    const first = record(record(startHistory('a'), 'b', typed('x', 0)), 'c', typed('x', 2000))
    const again = record(undo(first), 'd', typed('x', 2001))
    expect(again.future).toEqual([])
    expect(undo(again).present).toBe('b')
  })
})

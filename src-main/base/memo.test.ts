import { describe, expect, it } from 'vitest'
import { Memo } from './memo'

describe('Memo', () => {
  it('makes each key once, also for those who ask while it is made', async () => {
    const memo = new Memo<number>()
    let made = 0
    const make = async () => ++made
    expect(await Promise.all([memo.get('a', make), memo.get('a', make), memo.get('b', make)])).toEqual([
      1, 1, 2
    ])
    expect(await memo.get('a', make)).toBe(1)
  })

  it('forgets a failure', async () => {
    const memo = new Memo<number>()
    await expect(memo.get('a', () => Promise.reject(new RangeError('once')))).rejects.toThrow('once')
    expect(await memo.get('a', () => Promise.resolve(7))).toBe(7)
  })
})

import { describe, expect, it } from 'vitest'
import { Scratch, withScratch } from './scratch'

describe('Scratch', () => {
  it('lends the same memory again, but never twice at a time', () => {
    const scratch = new Scratch()
    const [first, second] = [scratch.matrix(30, 41), scratch.matrix(30, 41)]
    expect(first.data.buffer).not.toBe(second.data.buffer)
    scratch.release()
    const other = new Scratch()
    // A shape of nearly the same size takes one of the two.
    const again = other.matrix(41, 30)
    expect([first.data.buffer, second.data.buffer]).toContain(again.data.buffer)
    expect(other.matrix(30, 41).data.buffer).not.toBe(again.data.buffer)
  })

  it('gives zeros where they are asked for', () => {
    const scratch = new Scratch()
    scratch.matrix(7, 9).data.fill(5)
    scratch.release()
    expect(new Scratch().zeros(7, 9).data.every((value) => value === 0)).toBe(true)
  })

  it('gives any shape', () => {
    for (const [rows, columns] of [
      [0, 0],
      [1, 1],
      [3, 1],
      [1, 17],
      [129, 255]
    ] as const) {
      expect(new Scratch().matrix(rows, columns).data).toHaveLength(rows * columns)
    }
  })

  it('takes its memory back from work that fails', async () => {
    let lent: ArrayBufferLike | undefined
    await expect(
      withScratch((scratch) => {
        lent = scratch.matrix(50, 51).data.buffer
        return Promise.reject(new TypeError('work'))
      })
    ).rejects.toThrow('work')
    expect(new Scratch().matrix(50, 51).data.buffer).toBe(lent)
  })
})

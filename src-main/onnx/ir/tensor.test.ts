import { describe, expect, it } from 'vitest'
import { float32Tensor, float32Values, isDeferred, tensorBytes, typedTensor, type Tensor } from './tensor'

describe('a deferred tensor', () => {
  it('makes its values anew each time that they are asked for', () => {
    let made = 0
    const tensor = float32Tensor('w', [2, 2], () => Float32Array.of(1, 2, 3, ++made))
    expect([isDeferred(tensor), made]).toEqual([true, 0])
    expect(float32Values(tensor)).toEqual(Float32Array.of(1, 2, 3, 1))
    expect(float32Values(tensor)).toEqual(Float32Array.of(1, 2, 3, 2))
    expect(tensor.data).toMatchObject({ kind: 'deferred', lengthBytes: 16 })
  })

  it('refuses values of another length than its shape needs', () => {
    const tensor = typedTensor('w', 'int8', [3], () => new Int8Array(2))
    expect(() => tensorBytes(tensor)).toThrow("Reading 'w' gave 2 bytes, expected 3.")
  })
})

describe('tensorBytes', () => {
  it('refuses a reference that nobody can read', () => {
    const data = { kind: 'external', location: 'w.bin', offsetBytes: 0, lengthBytes: 4 } as const
    const tensor: Tensor = { name: 'w', dataType: 'float32', dims: [1], data }
    expect(isDeferred(tensor)).toBe(false)
    expect(() => tensorBytes(tensor)).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})

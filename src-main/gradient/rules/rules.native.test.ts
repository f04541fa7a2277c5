/** Every rule against central differences, element by element; the cases are in tests/helpers/gradient-cases. */
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { checkGradient, seeds } from '../../../tests/helpers/check-gradient'
import { forwardModel } from '../../../tests/helpers/gradient-cases/forward-model'
import type { GradientCase } from '../../../tests/helpers/gradient-cases/gradient-case'
import { gradientCases } from '../../../tests/helpers/gradient-cases/gradient-cases'
import type { Model } from '../../onnx/ir/model'
import { encodeModel } from '../../onnx/serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'

describe.each(Object.keys(gradientCases))('%s', (operator) => {
  it.each(gradientCases[operator]!)('$name', async (test) => {
    for (const seed of seeds) await checkGradient(test, seed)
  })
})

/** What became of a case in an older opset. Any other failure is the test's. */
async function checkAt(test: GradientCase, opset: number): Promise<'checked' | 'not in this opset'> {
  try {
    await checkGradient({ ...test, opset }, 1)
    return 'checked'
  } catch (error) {
    // Either the runtime refuses the operator itself, or its rule says which opset it needs.
    const isOldRuntime =
      error instanceof WorkbenchError && error.code === 'native' && /does not load/.test(error.message)
    const isOldRule =
      error instanceof WorkbenchError && error.code === 'unsupported-model' && /opset/.test(error.message)
    if ((isOldRuntime && !(await loads(forwardModel({ ...test, opset }, false)))) || isOldRule) {
      return 'not in this opset'
    }
    throw error
  }
}

async function loads(model: Model): Promise<boolean> {
  try {
    await (await createOrtBackend().open({ kind: 'bytes', bytes: encodeModel(model) })).release()
    return true
  } catch {
    // Not loading is the answer.
    return false
  }
}

describe('older opsets', () => {
  // Of 232 cases, so many at least have operators of that age; the others use later forms.
  it.each([
    [13, 180],
    [17, 205]
  ])('hold at opset %d for every case that exists there', async (opset, least) => {
    let checked = 0
    for (const test of Object.values(gradientCases).flat()) {
      if ((await checkAt(test, opset)) === 'checked') checked++
    }
    expect(checked).toBeGreaterThanOrEqual(least)
  })
})

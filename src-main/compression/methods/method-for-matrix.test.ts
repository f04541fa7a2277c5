import { expect, it } from 'vitest'
import { linearLayer } from '../../../tests/helpers/linear-models'
import { methodForMatrix } from './method-for-matrix'
import { outputPca } from './output-pca'
import { weightSvd } from './weight-svd'

it('looks at the weight alone where only an embedding uses it', () => {
  const embedding = linearLayer({ operator: 'Gather', role: 'embedding' })
  expect(methodForMatrix([embedding], outputPca)).toBe(weightSvd)
  expect(methodForMatrix([embedding, linearLayer()], outputPca)).toBe(outputPca)
  expect(methodForMatrix([linearLayer()], outputPca)).toBe(outputPca)
})

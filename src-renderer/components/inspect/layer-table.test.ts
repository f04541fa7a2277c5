import { describe, expect, it } from 'vitest'
import {
  latencyTable,
  layerDescription,
  modelDescription,
  modelPlan
} from '../../../tests/helpers/inspected-layers'
import { spectrumCurve } from '../../../src-main/engine/jobs/describe-spectra'
import { layerRows, matchesFilter, noFilter } from '../../format/layer-rows'
import { inspect } from '../../text/en/inspect'
import { blockGrid, cellKey, quantityRange, shade } from './block-grid'
import { columnWidths, layerColumns, nextLayerOrder, sortLayers, type LayerColumnId } from './layer-columns'

const layers = [
  layerDescription({ layerId: 'a/q', parameterCount: 32 }),
  layerDescription({ layerId: 'a/fc1', role: 'fc1', parameterCount: 64, blockIndex: 10 }),
  layerDescription({ layerId: 'head', role: 'head', blockIndex: null, macsPerAudioSecond: null })
]
const weight = spectrumCurve(Float64Array.of(1, 1, 0, 0))
const spectra = {
  modelHash: 'hash',
  calibrationHash: null,
  matrices: [
    {
      layerIds: ['a/q', 'a/fc1'],
      role: 'q' as const,
      blockIndex: 0,
      inFeatures: 8,
      outFeatures: 4,
      breakEvenRank: 2,
      weight,
      activationWeighted: null
    }
  ]
}
const plan = modelPlan(layers.slice(0, 2), (id) => (id === 'a/q' ? 2 : null))
const rows = layerRows(modelDescription(layers), spectra, plan)
const column = (id: LayerColumnId) => layerColumns(rows).find((each) => each.id === id)!
const texts = (id: LayerColumnId) => rows.map((row) => column(id).text(row, inspect))

describe('the rows of layers', () => {
  it('bring together what is known of each, shared weights included', () => {
    expect(texts('share')).toEqual(['10.0 %', '20.0 %', '10.0 %'])
    expect(texts('effective')).toEqual(['2.0', '2.0', '–'])
    expect(texts('rank')).toEqual(['2', '–', '–'])
    expect(texts('error')).toEqual(['10.0 %', '10.0 %', '–'])
    expect(texts('uniform')).toEqual(['1 · 20.0 %', '1 · 20.0 %', '–'])
    expect(texts('macs')).toEqual(['3.2 k', '3.2 k', '–'])
  })

  it('have a column for outputs on recordings only where there were recordings', () => {
    expect(layerColumns(rows).map(({ id }) => id)).not.toContain('weighted')
    const [matrix] = spectra.matrices
    const watched = { ...spectra, matrices: [{ ...matrix!, activationWeighted: weight }] }
    const weighted = layerColumns(layerRows(modelDescription(layers), watched, undefined))
    expect(weighted.map(({ id }) => id)).toContain('weighted')
  })

  it.each([
    ['nothing', noFilter, 3],
    ['a part of the name, in any case', { ...noFilter, text: 'A/' }, 2],
    ['the shape', { ...noFilter, text: '8x4' }, 3],
    ['a role', { ...noFilter, role: 'fc1' }, 1],
    ['a block', { ...noFilter, block: '10' }, 1],
    ['what is outside the blocks', { ...noFilter, block: 'none' }, 1],
    ['role and block together', { ...noFilter, role: 'q', block: '10' }, 0]
  ])('are filtered by %s', (_, filter, count) => {
    expect(rows.filter((row) => matchesFilter(row, filter))).toHaveLength(count)
  })
})

describe('the times of layers', () => {
  const timed = layerRows(modelDescription(layers), spectra, plan, latencyTable)
  const timedColumn = (id: LayerColumnId) => layerColumns(timed).find((each) => each.id === id)!

  it('have columns only once this machine was timed', () => {
    const before = new Set(layerColumns(rows).map(({ id }) => id))
    const added = layerColumns(timed).filter(({ id }) => !before.has(id))
    expect(added.map(({ id }) => id)).toEqual(['denseTime', 'plannedTime'])
  })

  it('are shown dense and at the rank of the plan, and not where nothing was counted', () => {
    const shown = (id: LayerColumnId) => timed.map((row) => timedColumn(id).text(row, inspect))
    expect(shown('denseTime')).toEqual(['0.40', '0.40', '–'])
    expect(shown('plannedTime')).toEqual(['0.30', '0.40', '–'])
  })

  it('sort the table, and colour the overview', () => {
    const order = nextLayerOrder(undefined, timedColumn('plannedTime'))
    expect(sortLayers(timed, order).map(({ layerId }) => layerId)).toEqual(['a/fc1', 'a/q', 'head'])
    expect(quantityRange(timed, 'planned-time')).toEqual([0.3, 0.4])
    expect(quantityRange(timed, 'time')).toEqual([0.4, 0.4])
    expect(quantityRange(rows, 'time')).toBeUndefined()
  })
})

describe('the widths of the columns', () => {
  it('add up to what the table needs, and the name takes the rest', () => {
    const columns = layerColumns(rows).filter(({ id }) => id === 'layer' || id === 'rank')
    expect(columnWidths(columns)).toEqual({ template: 'minmax(6.8rem, 1fr) 3rem', leastRem: 9.8 })
  })

  it('leave room for all columns at once in a window of 1280 pixels', () => {
    const [matrix] = spectra.matrices
    const watched = { ...spectra, matrices: [{ ...matrix!, activationWeighted: weight }] }
    const all = layerColumns(layerRows(modelDescription(layers), watched, plan, latencyTable))
    expect(all).toHaveLength(16)
    // The sidebar, margins, borders, the room at both ends of a row, and a scroll bar.
    expect(16 * columnWidths(all).leastRem).toBeLessThanOrEqual(1280 - 176 - 48 - 2 - 16 - 15)
  })
})

describe('the order of the table', () => {
  const ids = (columnId: LayerColumnId, direction: 'ascending' | 'descending') =>
    sortLayers(rows, { columnId, direction }).map(({ layerId }) => layerId)

  it('follows a column in both directions, what is not known last', () => {
    expect(ids('parameters', 'descending')).toEqual(['a/fc1', 'a/q', 'head'])
    expect(ids('layer', 'ascending')).toEqual(['a/fc1', 'a/q', 'head'])
    expect(ids('block', 'ascending')).toEqual(['a/q', 'a/fc1', 'head'])
    expect(ids('block', 'descending')).toEqual(['a/fc1', 'a/q', 'head'])
  })

  it('goes from one direction to the other and back to the model', () => {
    const macs = column('macs')
    const first = nextLayerOrder(undefined, macs)
    expect(first).toEqual({ columnId: 'macs', direction: 'descending' })
    const second = nextLayerOrder(first, macs)
    expect(second).toEqual({ columnId: 'macs', direction: 'ascending' })
    expect(nextLayerOrder(second, macs)).toBeUndefined()
    expect(sortLayers(rows, undefined)).toBe(rows)
    expect(nextLayerOrder(second, column('layer'))).toEqual({ columnId: 'layer', direction: 'ascending' })
  })

  it('takes less than a tenth of a second for 5,000 layers', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ ...rows[index % 3]!, layerId: `l${index}` }))
    const start = performance.now()
    sortLayers(many, { columnId: 'layer', direction: 'descending' })
    expect(performance.now() - start).toBeLessThan(100)
  })
})

describe('the overview', () => {
  it('has a column per block, what is outside last, and a row per role that occurs', () => {
    const grid = blockGrid(rows)
    expect(grid.blocks).toEqual([0, 10, null])
    expect(grid.roles).toEqual(['q', 'fc1', 'head'])
    expect(grid.cells.get(cellKey('fc1', 10))?.map(({ layerId }) => layerId)).toEqual(['a/fc1'])
  })

  it('colours between the least and the largest that are known', () => {
    expect(quantityRange(rows, 'parameters')).toEqual([32, 64])
    expect(quantityRange(rows, 'rank-ratio')).toEqual([1, 1])
    expect(quantityRange(layerRows(modelDescription(layers), undefined, undefined), 'kept')).toBeUndefined()
    expect([shade(32, [32, 64]), shade(48, [32, 64]), shade(64, [32, 64])]).toEqual([0, 0.5, 1])
    expect(shade(7, [7, 7])).toBe(0.5)
  })
})

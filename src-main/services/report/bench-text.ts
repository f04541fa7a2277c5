import type { BenchFigure, BenchReport } from '@contract/bench-report'
import { formatTable, type Column } from './text-table'

const digits = { ms: 2, x: 2, 's/s': 1, '%': 1 } as const

function value(number: number, { unit }: BenchFigure): string {
  return `${number.toFixed(digits[unit])}${unit === 'x' ? 'x' : ` ${unit}`}`
}

const columns: readonly Column<BenchFigure>[] = [
  { title: '', align: 'left', cell: ({ name }) => name },
  { title: 'median', align: 'right', cell: (figure) => value(figure.median, figure) },
  {
    title: 'quartiles',
    align: 'right',
    cell: (figure) =>
      figure.runs === 1 ? '' : `${value(figure.lower, figure)} - ${value(figure.upper, figure)}`
  },
  { title: 'of', align: 'right', cell: ({ runs }) => String(runs) }
]

/** A benchmark as tables with their conditions. */
export function formatBench({ modelPath, modelHash, conditions, sections }: BenchReport): string {
  const { processor, cores, runtime, node, lathe } = conditions
  return [
    `${modelPath} (${modelHash.slice(0, 12)})`,
    `${processor}, ${cores} cores; ${runtime}, Node ${node}, Lathe ${lathe}`,
    ...sections.flatMap(({ title, remarks, figures }) => [
      '',
      title,
      ...remarks,
      ...(figures.length === 0 ? [] : [formatTable(figures, columns)])
    ])
  ].join('\n')
}

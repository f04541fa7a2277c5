import type { StudyReport } from '@contract/trial'
import type { ReportColumn } from './report-inputs'
import { usedColumns } from './trial-table'

/** The trade-off table for a paper: needs `\usepackage{booktabs}`. */
export function latexTable({ study, trials }: StudyReport, columns: readonly ReportColumn[]): string {
  const shown = usedColumns(columns, trials)
  const row = (cells: readonly string[]) => `    ${cells.map(escapeLatex).join(' & ')} \\\\`
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(study.name)}}`,
    `  \\begin{tabular}{${shown.map(({ align }) => align[0]).join('')}}`,
    '    \\toprule',
    row(shown.map(({ title }) => title)),
    '    \\midrule',
    ...trials.map((trial) => row(shown.map(({ cell }) => cell(trial)))),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    ''
  ].join('\n')
}

const replacements: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}'
}

/** Text as text: no command, no table separator, no comment. A unit stays on the line of its number. */
export function escapeLatex(text: string): string {
  return text
    .replace(/[\\{}$&#%_~^<>]/g, (character) => replacements[character]!)
    .replace(/\s+/g, ' ')
    .replace(/(\d) (?=\\%|(?:ms|[kMG]?B|[kMG])\b)/g, '$1~')
}

import { describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial } from '../../tests/helpers/trial-reports'
import { escapeLatex, latexTable } from './latex-table'

describe('escapeLatex', () => {
  it.each([
    ['50 % & more_or #1', '50~\\% \\& more\\_or \\#1'],
    ['\\input{x} $y$ ~^', '\\textbackslash{}input\\{x\\} \\$y\\$ \\textasciitilde{}\\textasciicircum{}'],
    ['12.3 ms', '12.3~ms'],
    ['-0.24 to +0.24', '-0.24 to +0.24'],
    ['a\nb', 'a b']
  ])('%j', (text, escaped) => {
    expect(escapeLatex(text)).toBe(escaped)
  })
})

describe('latexTable', () => {
  it('is a booktabs table of the columns that have something to show', () => {
    const report = {
      study: {
        studyId: 's',
        name: 'A & B',
        modelHash: 'm',
        calibrationHash: 'c',
        evaluationHash: 'e',
        developmentHash: null,
        selectedOn: 'evaluation' as const
      },
      trials: [baselineTrial, completedTrial('tier_1')]
    }
    const table = latexTable(report, [
      { title: 'trial', align: 'left', cell: ({ name }) => name },
      { title: 'WER', align: 'right', cell: ({ wordErrorRate = 0 }) => `${wordErrorRate * 100} %` },
      { title: 'CER', align: 'right', cell: () => '-' }
    ])
    expect(table.split('\n')).toEqual([
      '\\begin{table}',
      '  \\centering',
      '  \\caption{A \\& B}',
      '  \\begin{tabular}{lr}',
      '    \\toprule',
      '    trial & WER \\\\',
      '    \\midrule',
      '    baseline & 4~\\% \\\\',
      '    tier\\_1 & 8~\\% \\\\',
      '    \\bottomrule',
      '  \\end{tabular}',
      '\\end{table}',
      ''
    ])
  })
})

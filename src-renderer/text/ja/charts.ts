import type { charts as english } from '../en/charts'

export const charts: typeof english = {
  showTable: '表',
  showChart: 'グラフ',
  save: '保存形式',
  saveAs: (title, format) => `「${title}」を ${format} で保存`,
  errorRates: {
    'word-error-rate': 'WER',
    'classification-error': '誤り率'
  }
}

/** Text around every chart. */
export const charts = {
  showTable: 'Table',
  showChart: 'Chart',
  save: 'Save as',
  saveAs: (title: string, format: string) => `Save “${title}” as ${format}`
}

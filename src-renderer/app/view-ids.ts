/** The views of the workbench, in the order of the sidebar. */
export const viewIds = [
  'library',
  'inspect',
  'study',
  'training',
  'trade-off',
  'ablation',
  'compare',
  'jobs',
  'export'
] as const
export type ViewId = (typeof viewIds)[number]

export function isViewId(text: string): text is ViewId {
  return (viewIds as readonly string[]).includes(text)
}

/** What each view looks like. A view is loaded when it is first shown. */
import { defineAsyncComponent, type Component } from 'vue'
import type { ViewId } from './view-ids'

export const viewComponents: Readonly<Record<ViewId, Component>> = {
  library: defineAsyncComponent(() => import('../views/LibraryView.vue')),
  inspect: defineAsyncComponent(() => import('../views/InspectView.vue')),
  study: defineAsyncComponent(() => import('../views/StudyView.vue')),
  training: defineAsyncComponent(() => import('../views/TrainingView.vue')),
  'trade-off': defineAsyncComponent(() => import('../views/TradeOffView.vue')),
  ablation: defineAsyncComponent(() => import('../views/AblationView.vue')),
  compare: defineAsyncComponent(() => import('../views/CompareView.vue')),
  jobs: defineAsyncComponent(() => import('../views/JobsView.vue')),
  export: defineAsyncComponent(() => import('../views/ExportView.vue'))
}

/** Outline icons as SVG path data in a box of 24. */
export const viewIcons: Readonly<Record<ViewId, string>> = {
  library: 'M4 4h5v16H4zM11 4h4v16h-4zM17.5 5l3 14.5',
  inspect: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L21 21',
  study: 'M5 6h14M5 12h14M5 18h14M9 4v4M15 10v4M11 16v4',
  training: 'M4 4v16h16M7 7c1.5 7 4 9 13 10M7 14.5l3-1.5 3 2.5 3-1 4 1',
  'trade-off': 'M4 4v16h16M8 16v.01M11 11v.01M14 9v.01M18 7v.01M8 16l3-5 3-2 4-2',
  ablation:
    'M4 4h5v5H4zM10 4h5v5h-5zM16 4h4v5h-4zM4 10h5v5H4zM10 10h5v5h-5zM16 10h4v5h-4zM4 16h5v4H4zM10 16h5v4h-5zM16 16h4v4h-4z',
  compare: 'M3 12h2M7 8v8M11 5v14M15 9v6M19 7v10',
  jobs: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4l3 2',
  export: 'M12 4v11M8 11l4 4 4-4M5 19h14'
}

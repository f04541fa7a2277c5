// For tools that read TypeScript but not Vue files (ESLint's type-aware rules); vue-tsc knows the real types.
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}

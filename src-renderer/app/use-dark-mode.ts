import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether the system asks for dark colours, as it changes. */
export function useDarkMode(): Readonly<Ref<boolean>> {
  const query = window.matchMedia('(prefers-color-scheme: dark)')
  const isDark = ref(query.matches)
  const follow = () => {
    isDark.value = query.matches
  }
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))
  return readonly(isDark)
}

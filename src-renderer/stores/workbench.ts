import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { WorkbenchError } from '@contract/errors'
import type { AppDescription } from '@contract/workbench-data'
import type { ConnectionState } from '../api/client'
import { useHost } from '../app/host'

/** The host: what it is, and whether it is there. */
export const useWorkbenchStore = defineStore('workbench', () => {
  const host = useHost()
  const app = shallowRef<AppDescription>()
  const connection = ref<ConnectionState>(host.state)
  const failure = shallowRef<WorkbenchError | undefined>(host.failure)

  async function describe(): Promise<void> {
    app.value = await host.call('app.describe', {})
  }

  host.onStateChange((state) => {
    connection.value = state
    failure.value = host.failure
    if (state === 'connected' && app.value === undefined) void describe().catch(() => undefined)
  })
  host.onReload(() => void describe().catch(() => undefined))
  void describe().catch(() => undefined)

  return { app, connection, failure }
})

import { Menu, type MenuItemConstructorOptions } from 'electron'

/** Sets the usual menus. Electron's own default has a help menu besides, whose links lead to the web. */
export function setApplicationMenu(platform: string): void {
  const template: MenuItemConstructorOptions[] = [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' }
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

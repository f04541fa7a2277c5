import { Menu, type MenuItemConstructorOptions } from 'electron'
import { shellText } from './shell-text'

/** The page's address of each view, in the order of the sidebar and of the menu's texts. */
const viewPlaces = [
  '#/library',
  '#/inspect',
  '#/study',
  '#/training',
  '#/trade-off',
  '#/ablation',
  '#/compare',
  '#/jobs',
  '#/export'
] as const

export interface MenuParts {
  readonly platform: string
  /** Absolute, the last one opened first. */
  readonly recentWorkspaces: readonly string[]
  /** Lets the user choose, and shows in the page what was chosen. */
  readonly choose: (kind: 'file' | 'folder' | 'recipe' | 'workspace') => void
  readonly openWorkspace: (folder: string) => void
  /** Shows an address of the page. */
  readonly show: (place: string) => void
  /** Opens a folder of the app's resources, by its name, in the system's file manager. */
  readonly openResource: (name: 'licences' | 'recipes') => void
}

/** Sets the menus. Electron's own default has a help menu too, whose links lead to the web. */
export function setApplicationMenu(parts: MenuParts): void {
  const isMac = parts.platform === 'darwin'
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    fileMenu(parts, isMac),
    { role: 'editMenu' },
    { role: 'viewMenu' },
    goMenu(parts),
    { role: 'windowMenu' },
    helpMenu(parts, isMac)
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function fileMenu(
  { choose, openWorkspace, recentWorkspaces }: MenuParts,
  isMac: boolean
): MenuItemConstructorOptions {
  const text = shellText()
  return {
    label: text.file,
    submenu: [
      { label: text.openModel, accelerator: 'CmdOrCtrl+O', click: () => choose('file') },
      { label: text.openModelFolder, accelerator: 'CmdOrCtrl+Shift+O', click: () => choose('folder') },
      { label: text.openRecipe, click: () => choose('recipe') },
      { type: 'separator' },
      { label: text.openWorkspace, click: () => choose('workspace') },
      {
        label: text.recentWorkspaces,
        enabled: recentWorkspaces.length > 1,
        // The first is the one that is open.
        submenu: recentWorkspaces.slice(1).map((folder) => ({
          label: folder,
          click: () => {
            openWorkspace(folder)
          }
        }))
      },
      { type: 'separator' },
      { role: isMac ? 'close' : 'quit' }
    ]
  }
}

function goMenu({ show }: MenuParts): MenuItemConstructorOptions {
  const text = shellText()
  return {
    label: text.go,
    submenu: viewPlaces.map((place, index) => ({
      label: text.views[index] ?? place,
      accelerator: `CmdOrCtrl+${index + 1}`,
      click: () => {
        show(place)
      }
    }))
  }
}

function helpMenu({ openResource }: MenuParts, isMac: boolean): MenuItemConstructorOptions {
  const text = shellText()
  return {
    role: 'help',
    label: text.help,
    submenu: [
      { label: text.recipes, click: () => openResource('recipes') },
      { label: text.licences, click: () => openResource('licences') },
      // On macOS it is in the app's own menu.
      ...(isMac ? [] : [{ role: 'about', label: text.about } as const])
    ]
  }
}

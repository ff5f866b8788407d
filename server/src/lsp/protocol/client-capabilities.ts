import type { InitializeParams } from 'vscode-languageserver/node';

/** What the client can do and asked for, read once from `initialize`. */
export interface Client {
  /** Null when the client said nothing about trust. */
  readonly trusted: boolean | null;
  readonly promptForReason: boolean;
  /** Shows what a fix changes before it is made; see `previewCommand`. */
  readonly previewsFixes: boolean;
  /** Asks the user before the images of a workspace are pinned; see `confirmPinsRequest`. */
  readonly confirmsPins: boolean;
  /** Another server of the client checks YAML by JSON Schemas, ours among them. */
  readonly yamlSchemaSupport: boolean;
  /** Runs `hoverCommands` from links in a hover. */
  readonly hoverCommands: boolean;
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly relatedInformation: boolean;
  /** Code actions as objects; else they are sent as bare commands. */
  readonly codeActionLiterals: boolean;
  /** Code actions may come without their edit and are resolved when chosen. */
  readonly resolvesEdits: boolean;
  readonly disabledActions: boolean;
  readonly asksConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly watchesFolders: boolean;
  readonly appliesEdits: boolean;
  readonly documentChanges: boolean;
  /** Edits may say what they are for, and that they want to be looked at before they are made. */
  readonly changeAnnotations: boolean;
  readonly progress: boolean;
  readonly markdownHover: boolean;
}

export function readClient(params: Pick<InitializeParams, 'capabilities' | 'initializationOptions'>): Client {
  const { textDocument, window, workspace } = params.capabilities ?? {};
  const { codeAction, diagnostic, hover, publishDiagnostics } = textDocument ?? {};
  const options: unknown = params.initializationOptions;
  const trusted = optionOf(options, 'trusted');
  const hoverFormats = hover?.contentFormat ?? ['markdown'];
  return {
    trusted: typeof trusted === 'boolean' ? trusted : null,
    promptForReason: optionOf(options, 'promptForReason') === true,
    previewsFixes: optionOf(options, 'previewsFixes') === true,
    confirmsPins: optionOf(options, 'confirmsPins') === true,
    yamlSchemaSupport: optionOf(options, 'yamlSchemaSupport') === true,
    hoverCommands: optionOf(options, 'hoverCommands') === true,
    pullsDiagnostics: diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    relatedInformation: (diagnostic?.relatedInformation ?? publishDiagnostics?.relatedInformation) === true,
    codeActionLiterals: codeAction?.codeActionLiteralSupport !== undefined,
    resolvesEdits:
      codeAction?.dataSupport === true && codeAction.resolveSupport?.properties.includes('edit') === true,
    disabledActions: codeAction?.disabledSupport === true,
    asksConfiguration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    watchesFolders: workspace?.workspaceFolders === true,
    appliesEdits: workspace?.applyEdit === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations:
      workspace?.workspaceEdit?.documentChanges === true &&
      workspace.workspaceEdit.changeAnnotationSupport !== undefined,
    progress: window?.workDoneProgress === true,
    markdownHover: hoverFormats.includes('markdown'),
  };
}

function optionOf(options: unknown, name: string): unknown {
  return typeof options === 'object' && options !== null && name in options
    ? Object.getOwnPropertyDescriptor(options, name)?.value
    : undefined;
}

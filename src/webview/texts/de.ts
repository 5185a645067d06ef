import { bytes, clock, count, seconds } from '../formatFigures';
import type { PageTexts, PlanTexts } from './en';

/** The page's texts in German, with the terms of the German VS Code. */
export const page: PageTexts = {
  composer: {
    escapeAgain: 'Escape noch einmal drücken, um die Antwort zu stoppen',
    label: 'Nachricht',
    placeholder: 'Frage zum Code (# Datei, / Befehl)',
    send: 'Senden',
    queue: 'Zur Warteschlange hinzufügen',
    stop: 'Stoppen',
    attach: 'An Nachricht anfügen',
    chooseModel: 'Modell wählen',
    model: (name) => `Modell: ${name}. Anderes Modell auswählen`,
  },
  refused: {
    tooLong: (length, limit) =>
      `Die Nachricht ist zu lang: ${count(length)} Zeichen (maximal ${count(limit)}).`,
    attach: 'Stattdessen anfügen',
    busy: 'Die Nachricht wurde nicht gesendet, da noch eine Antwort läuft. Versuchen Sie es danach erneut.',
    invalid: 'Die Nachricht konnte nicht gesendet werden. Ihr Text wurde beibehalten.',
  },
  attachments: {
    list: 'Anlagen',
    preview: (detail) => `${detail}. Vorschau des Gesendeten anzeigen`,
    remove: (label) => `${label} entfernen`,
    part: 'teilweise',
    chooseParts: (label: string): string => `Teile von ${label} anfügen…`,
  },
  queue: {
    list: 'Wartende Nachrichten',
    waits: 'Wird nach dieser Antwort gesendet',
    held: 'Angehalten: Die letzte Antwort ist fehlgeschlagen',
    edit: 'Wartende Nachricht bearbeiten',
    remove: 'Wartende Nachricht entfernen',
    sendNow: 'Jetzt senden',
  },
  conversation: {
    untitled: 'Neuer Chat',
    switch: (title) => `${title}. Chats anzeigen`,
  },
  suggestions: {
    explain: { label: (file) => `${file} erklären`, text: 'Erkläre diese Datei.' },
    ask: { label: (selection) => `Frage zu ${selection} stellen`, text: '' },
    fix: {
      label: (problems, file) =>
        problems === 1
          ? `Problem in ${file} beheben`
          : `${count(problems)} Probleme in ${file} beheben`,
      text: 'Wie behebe ich das?',
    },
  },
  completion: {
    references: 'Dateien und Symbole',
    count: (items) => (items === 1 ? '1 Vorschlag' : `${count(items)} Vorschläge`),
  },
  contextUsage: {
    meter: (used, limit, leftOut) => {
      const context = `etwa ${count(used)} von ${count(limit)} Token belegt`;
      const left =
        leftOut === 1 ? '1 Nachricht passt nicht' : `${count(leftOut)} Nachrichten passen nicht`;
      return leftOut === 0
        ? `${context}. Details anzeigen`
        : `${context}, ${left}. Details anzeigen`;
    },
    meterOfUnknown: (used) => `etwa ${count(used)} Token verwendet. Details anzeigen`,
    forget: 'Kontext hier beginnen',
    recall: 'Nachrichten darüber einbeziehen',
    seam: 'Nachrichten über dieser Linie werden nicht gesendet',
    numbers: (used, limit) => `${used} / ${limit}`,
    leavesTooLittle: (used, limit) =>
      `${used} von ${limit}: Für die Antwort bleibt zu wenig übrig.`,
    doesNotFit: (used, limit) => `${used} von ${limit}: passt nicht.`,
    messageTooLong: (used, limit) =>
      `Diese Nachricht ist länger als das Kontextfenster (${used} von ${limit}).`,
    willLeaveOut: (messages) =>
      messages === 1
        ? '1 frühere Nachricht wird nicht gesendet.'
        : `${count(messages)} frühere Nachrichten werden nicht gesendet.`,
    willShorten: 'Der mittlere Teil der letzten Antwort wird ausgelassen.',
    willLeaveOutFiles: 'Frühere Anlagen werden nicht gesendet.',
    use: (length) => `${length} verwenden`,
    useMore: (length, memory) => `${length} verwenden (+${memory})`,
    summarize: 'Zusammenfassen und neu beginnen',
    sendAnyway: 'Trotzdem senden',
    remove: (label) => `${label} entfernen`,
  },
  context: {
    raised: (length, model) =>
      `Kontextlänge auf ${length} erhöht. ${model} wird einmal neu geladen.`,
    raisedBy: (length, model, memory) =>
      `Kontextlänge auf ${length} erhöht. ${model} wird einmal neu geladen (etwa +${memory}).`,
    steppedBack: (model, refused, length) =>
      `Nicht genügend Arbeitsspeicher für ${refused}. ${model} verwendet wieder ${length}.`,
    undo: 'Rückgängig',
    undone: 'Rückgängig gemacht.',
    alwaysAsk: 'Immer fragen',
    willAsk: 'Cria fragt künftig vorher.',
  },
  slash: {
    list: 'Schrägstrichbefehle',
    person: 'Ihr Prompt',
    folder: 'Prompt aus diesem Ordner',
    clear: 'Neuen Chat beginnen',
    model: 'Modell auswählen',
  },
  empty: {
    title: 'Mit Ihrem Modell chatten',
    privacy: ({ origin, cloud, unencrypted }) =>
      cloud
        ? `Nachrichten werden an ${origin} gesendet und von dort an ollama.com, wo dieses Modell ausgeführt wird.${unencrypted ? ' Die Verbindung ist nicht verschlüsselt.' : ''}`
        : `Nachrichten werden nur an ${origin} gesendet.${unencrypted ? ' Die Verbindung ist nicht verschlüsselt.' : ''}`,
    checking: 'Modelle werden gesucht…',
  },
  transcript: {
    title: 'Chat',
    label: 'Chatnachrichten',
    you: 'Sie',
    newText: 'Zum Neuesten springen',
    earlier: (turns) =>
      turns === 1 ? '1 frühere Nachricht anzeigen' : `${count(turns)} frühere Nachrichten anzeigen`,
  },
  find: {
    region: 'Im Chat suchen',
    label: 'Suchen',
    previous: 'Vorherige Übereinstimmung',
    next: 'Nächste Übereinstimmung',
    close: 'Schließen',
    count: (position, total, more) =>
      total === 0 && !more
        ? 'Keine Ergebnisse'
        : `${count(position)} von ${count(total)}${more ? '+' : ''}`,
    announcement: (position, total) =>
      total === 0 ? 'Keine Ergebnisse.' : `Übereinstimmung ${count(position)} von ${count(total)}.`,
  },
  activity: {
    connecting: 'Verbindung wird hergestellt…',
    queued: 'Wartet auf eine andere Antwort…',
    busy: (ms: number): string =>
      ms < 1000 ? 'Neuer Versuch…' : `Der Server ist ausgelastet. Neuer Versuch in ${seconds(ms)}.`,
    loading: 'Modell wird geladen…',
    loadingSize: (size) => `Modell wird geladen (${bytes(size)})…`,
    lastTime: (ms) => `zuletzt ${seconds(ms)}`,
    prompting: 'Prompt wird gelesen…',
    waiting: 'Wartet auf das Modell…',
    answering: 'Antwortet…',
    repeating: 'Das Modell wiederholt sich.',
    elsewhere: 'Antwort in einem anderen Fenster…',
    elapsed: (what, ms) => `${what} ${seconds(ms)}`,
    stalled: (ms) => `Seit ${clock(ms)} keine Antwort`,
    alive: 'der Server läuft noch',
    dead: 'der Server reagiert nicht',
    progress: 'Modell wird geladen',
  },
  thinking: {
    running: (ms) => (ms < 1000 ? 'Denkt nach…' : `Denkt nach… ${seconds(ms)}`),
    done: (ms) =>
      ms === undefined ? 'Hat nachgedacht' : `Hat ${seconds(Math.max(ms, 1000))} nachgedacht`,
    region: 'Gedankengang',
    only: 'Das Modell hat nur seinen Gedankengang zurückgegeben, keine Antwort.',
  },
  answer: {
    editSummary: 'Zusammenfassung bearbeiten',
    editedSummary: 'Bearbeitete Zusammenfassung',
    saveSummary: 'Speichern',
    showSource: 'Quelltext anzeigen',
    showFormatted: 'Formatiert anzeigen',
    empty: 'Das Modell hat eine leere Antwort zurückgegeben.',
    stopped: 'Gestoppt.',
    failed: 'Die Antwort ist fehlgeschlagen.',
    truncated: 'Die Antwort wurde abgeschnitten.',
    interrupted: 'Die Antwort wurde unterbrochen.',
    copy: 'Antwort kopieren',
    retry: 'Antwort neu generieren',
    askWithModel: 'Mit anderem Modell neu generieren',
    continued: 'Diese Antwort wurde abgeschnitten und dann fortgesetzt.',
    seam: 'Die Antwort wurde hier abgeschnitten und dann fortgesetzt.',
    figures: 'Details zur Antwort',
  },
  figures: {
    aboutTokens: (tokens) => `etwa ${count(tokens)} Token`,
    rate: (perSecond) => `${perSecond} Tok/s`,
    tokens: (tokens) => `${count(tokens)} Token`,
    firstToken: (ms) => `Start ${seconds(ms)}`,
    rows: {
      model: 'Modell',
      speed: 'Geschwindigkeit',
      tokens: 'Antwort',
      firstToken: 'Erstes Token',
      thought: 'Nachdenken',
      load: 'Laden des Modells',
      prompt: 'Prompt',
      cached: 'Prompt aus dem Cache',
      fresh: 'Neu gelesener Prompt',
      leftOut: 'Nicht im Prompt',
      reading: 'Lesen des Prompts',
      promptSpeed: 'Promptgeschwindigkeit',
      context: 'Belegter Kontext',
      total: 'Gesamt',
    },
  },
  code: {
    copy: 'Code kopieren',
    tools: 'Codeblockaktionen',
    more: 'Weitere Aktionen…',
    wrap: 'Zeilen umbrechen',
    showAll: (lines) => `Alle ${count(lines)} Zeilen anzeigen`,
    showLess: 'Weniger anzeigen',
    actions: {
      insert: 'An Cursorposition einfügen',
      replace: 'Auswahl ersetzen…',
      newFile: 'In neue Datei einfügen…',
      terminal: 'In Terminal einfügen (nicht ausführen)',
    },
    apply: (file) => `Auf ${file} anwenden…`,
    plain: 'Text',
    region: (language) => `Codeblock: ${language}`,
    table: 'Tabelle',
  },
  names: { open: (name) => `${name} öffnen` },
  user: {
    showAll: 'Alle anzeigen',
    showLess: 'Weniger anzeigen',
    edit: 'Nachricht bearbeiten',
    delete: 'Nachricht löschen',
    editLabel: 'Bearbeitete Nachricht',
    resend: 'Erneut senden',
    cancel: 'Abbrechen',
  },
  branch: {
    previous: 'Vorherige Version',
    next: 'Nächste Version',
    position: (index, of) => `${index + 1}/${of}`,
  },
  task: { done: 'Abgeschlossen', open: 'Nicht abgeschlossen' },
  copied: 'In die Zwischenablage kopiert.',
  notCopied: 'Fehler beim Kopieren in die Zwischenablage.',
  image: (alt) => (alt === '' ? 'Bild' : `Bild: ${alt}`),
  status: {
    started: (model) => `${model} antwortet.`,
    done: (model) => `${model} hat geantwortet.`,
    doneWith: (model, tokens) => `${model} hat geantwortet, ${page.figures.tokens(tokens)}.`,
    stopped: 'Antwort gestoppt.',
  },
};

export const plan: PlanTexts = {
  title: 'Kontext für die nächste Nachricht',
  system: 'Systemprompt',
  history: 'Frühere Nachrichten',
  attachments: 'Anlagen',
  draft: 'Diese Nachricht',
  room: 'Für die Antwort reserviert',
  context: 'Kontextlänge (Token)',
  source: {
    allocated: 'Schätzung. Vom Server zugewiesene Kontextlänge.',
    configured: 'Schätzung. Von Cria angeforderte Kontextlänge.',
    model: 'Schätzung. Kontextlänge des Modells.',
    assumed: 'Schätzung. Der Server meldet seine Kontextlänge, sobald das Modell geladen ist.',
    unknown: 'Schätzung. Der Server meldet seine Kontextlänge nicht.',
  },
  tooLong: 'Diese Nachricht allein überschreitet die Kontextlänge.',
  leftOut: (messages) =>
    messages === 1
      ? '1 frühere Nachricht passt nicht hinein und wird nicht gesendet.'
      : `${count(messages)} frühere Nachrichten passen nicht hinein und werden nicht gesendet.`,
  forgotten: (messages) =>
    messages === 1
      ? '1 frühere Nachricht ist ausgeschlossen und wird nicht gesendet.'
      : `${count(messages)} frühere Nachrichten sind ausgeschlossen und werden nicht gesendet.`,
  detach: (label) => `${label} entfernen`,
  willRaise: (length) =>
    `Beim Senden wird die Kontextlänge auf ${length} erhöht. Das Modell wird einmal neu geladen.`,
  raise: 'Kontextlänge festlegen…',
};

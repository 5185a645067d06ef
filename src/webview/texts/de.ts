import { bytes, clock, count, seconds } from '../format';
import type { PageTexts, PlanTexts } from './en';

/** Everything the page says, in German, with the words of the German VS Code. */
export const page: PageTexts = {
  composer: {
    label: 'Nachricht',
    placeholder:
      'Fragen Sie etwas. # nennt eine Datei. Eingabetaste sendet, Umschalt+Eingabe: neue Zeile.',
    send: 'Senden',
    queue: 'Nach dieser Antwort senden',
    stop: 'Stoppen',
    attach: 'An die Nachricht anhängen',
    chooseModel: 'Modell wählen',
    model: (name) => `Modell: ${name}. Anderes auswählen`,
  },
  attachments: {
    list: 'Angehängt',
    preview: (detail) => `${detail}. Anzeigen, was gesendet wird`,
    remove: (label) => `${label} entfernen`,
    part: 'Teil',
  },
  queue: {
    list: 'Wartende Nachrichten',
    waits: 'Wird nach dieser Antwort gesendet',
    held: 'Zurückgehalten: Die letzte Antwort ist nicht gut zu Ende gegangen',
    edit: 'Wartende Nachricht bearbeiten',
    remove: 'Wartende Nachricht entfernen',
    sendNow: 'Jetzt senden',
  },
  conversation: {
    untitled: 'Neue Unterhaltung',
    switch: (title) => `${title}. Andere Unterhaltung anzeigen`,
  },
  suggestions: {
    explain: { label: (file) => `${file} erklären`, text: 'Erkläre diese Datei.' },
    ask: { label: (selection) => `Nach ${selection} fragen`, text: '' },
    fix: {
      label: (problems, file) =>
        problems === 1
          ? `Das Problem in ${file} beheben`
          : `${count(problems)} Probleme in ${file} beheben`,
      text: 'Wie behebe ich das?',
    },
  },
  completion: {
    references: 'Dateien und Symbole',
    count: (items) => (items === 1 ? '1 Vorschlag' : `${count(items)} Vorschläge`),
  },
  plan: {
    meter: (used, limit, leftOut) => {
      const context = `etwa ${count(used)} von ${count(limit)} Token des Kontexts`;
      const left = leftOut === 1 ? '1 Nachricht' : `${count(leftOut)} Nachrichten`;
      return leftOut === 0 ? `${context}. Details` : `${context}, ${left} ausgelassen. Details`;
    },
    forget: 'Alles darüber vergessen',
    recall: 'Alles darüber wieder senden',
    seam: 'Was darüber steht, wird nicht gesendet.',
  },
  slash: {
    list: 'Befehle',
    person: 'Ihr Prompt',
    folder: 'Ein Prompt dieses Ordners',
    clear: 'Neue Unterhaltung beginnen',
    model: 'Modell auswählen',
  },
  empty: {
    title: 'Chatten Sie mit Ihrem eigenen Modell',
    privacy: ({ origin, cloud, unencrypted }) =>
      `Was Sie eingeben, geht an ${origin}${cloud ? ' und weiter an ollama.com, wo dieses Modell läuft.' : ' und nirgendwo sonst hin.'}${unencrypted ? ' Es ist unterwegs nicht verschlüsselt.' : ''}`,
    checking: 'Ihre Modelle werden gesucht…',
  },
  transcript: {
    title: 'Chat',
    label: 'Unterhaltung',
    you: 'Sie',
    newText: 'Neuer Text weiter unten',
    earlier: (turns) =>
      turns === 1 ? '1 frühere Nachricht anzeigen' : `${count(turns)} frühere Nachrichten anzeigen`,
  },
  find: {
    region: 'In der Unterhaltung suchen',
    label: 'Suchen',
    previous: 'Vorherige Übereinstimmung',
    next: 'Nächste Übereinstimmung',
    close: 'Schließen',
    count: (position, total, more) =>
      total === 0 && !more
        ? 'Keine Ergebnisse'
        : `${count(position)} von ${count(total)}${more ? '+' : ''}`,
    said: (position, total) =>
      total === 0 ? 'Nichts gefunden.' : `Übereinstimmung ${count(position)} von ${count(total)}.`,
  },
  activity: {
    connecting: 'Verbindung wird hergestellt…',
    queued: 'Wartet auf eine andere Antwort…',
    loading: 'Modell wird geladen',
    loadingSize: (size) => `Modell wird geladen, ${bytes(size)}`,
    lastTime: (ms) => `beim letzten Mal ${seconds(ms)}`,
    prompting: 'Prompt wird gelesen…',
    answering: 'Antwortet…',
    elsewhere: 'Ein anderes Fenster schreibt diese Antwort…',
    elapsed: (what, ms) => `${what.replace(/…$/u, '')}: ${seconds(ms)}`,
    stalled: (ms) => `Seit ${clock(ms)} kein Lebenszeichen`,
    alive: 'Ollama antwortet noch',
    dead: 'Ollama antwortet nicht',
    progress: 'Modell wird geladen',
  },
  thinking: {
    running: (ms) => (ms < 1000 ? 'Denkt nach…' : `Denkt nach… ${seconds(ms)}`),
    done: (ms) =>
      ms === undefined ? 'Hat nachgedacht' : `Hat ${seconds(Math.max(ms, 1000))} nachgedacht`,
    region: 'Gedankengang',
    only: 'Das Modell hat seine ganze Antwort in den Gedankengang geschrieben. Er steht oben.',
  },
  answer: {
    empty: 'Das Modell hat eine leere Antwort gesendet.',
    stopped: 'Gestoppt.',
    failed: 'Diese Antwort ist fehlgeschlagen.',
    truncated: 'Diese Antwort wurde abgeschnitten.',
    interrupted: 'Diese Antwort wurde unterbrochen.',
    copy: 'Antwort kopieren',
    retry: 'Wiederholen',
    askWithModel: 'Anderes Modell fragen',
    continued: 'Diese Antwort wurde abgeschnitten und fortgesetzt.',
    seam: 'Hier wurde die Antwort abgeschnitten und fortgesetzt.',
    figures: 'Zahlen zu dieser Antwort',
  },
  figures: {
    rate: (perSecond) => `${perSecond} Tok/s`,
    tokens: (tokens) => `${count(tokens)} Token`,
    firstToken: (ms) => `Start ${seconds(ms)}`,
    rows: {
      model: 'Modell',
      speed: 'Tempo',
      tokens: 'Antwort',
      firstToken: 'Erstes Token',
      thought: 'Nachgedacht',
      load: 'Laden des Modells',
      prompt: 'Prompt',
      promptSpeed: 'Prompt-Tempo',
      context: 'Kontext belegt',
      total: 'Gesamt',
    },
  },
  code: {
    copy: 'Code kopieren',
    tools: 'Code',
    actions: {
      insert: 'Am Cursor einfügen',
      replace: 'Auswahl ersetzen…',
      newFile: 'Neue Datei…',
      terminal: 'Ins Terminal, ohne auszuführen',
    },
    apply: (file) => `Auf ${file} anwenden…`,
    plain: 'Text',
    region: (language) => `Code: ${language}`,
    table: 'Tabelle',
  },
  names: { open: (name) => `${name} öffnen` },
  user: {
    edit: 'Nachricht bearbeiten',
    delete: 'Nachricht löschen',
    editLabel: 'Bearbeitete Nachricht',
    resend: 'Erneut fragen',
    cancel: 'Abbrechen',
  },
  branch: {
    previous: 'Vorherige Version',
    next: 'Nächste Version',
    position: (index, of) => `${index + 1}/${of}`,
  },
  task: { done: 'Erledigt', open: 'Nicht erledigt' },
  copied: 'Kopiert.',
  notCopied: 'Das Kopieren ist fehlgeschlagen.',
  image: (alt) => (alt === '' ? 'Bild' : `Bild: ${alt}`),
  status: {
    started: (model) => `${model} antwortet.`,
    done: (model) => `${model} hat geantwortet.`,
    doneWith: (model, tokens) => `${model} hat mit ${page.figures.tokens(tokens)} geantwortet.`,
    stopped: 'Die Antwort wurde gestoppt.',
  },
};

export const plan: PlanTexts = {
  title: 'Was die nächste Nachricht sendet',
  system: 'System-Prompt',
  history: 'Frühere Nachrichten',
  attachments: 'Angehängt',
  draft: 'Diese Nachricht',
  room: 'Für die Antwort frei',
  context: 'Kontext, in Token',
  source: {
    allocated: 'Geschätzt. Der Kontext ist so groß, wie der Server ihn belegt hat.',
    configured: 'Geschätzt. Der Kontext ist so groß, wie Sie ihn eingestellt haben.',
    assumed:
      'Geschätzt. Wie groß sein Kontext ist, sagt der Server, sobald das Modell geladen ist.',
  },
  tooLong: 'Die Nachricht allein ist länger als der Kontext.',
  leftOut: (messages) =>
    messages === 1
      ? '1 frühere Nachricht passt nicht mehr hinein. Sie bleibt hier, wird aber nicht gesendet.'
      : `${count(messages)} frühere Nachrichten passen nicht mehr hinein. Sie bleiben hier, werden aber nicht gesendet.`,
  forgotten: (messages) =>
    messages === 1
      ? '1 frühere Nachricht ist vergessen: Sie wird nicht gesendet.'
      : `${count(messages)} frühere Nachrichten sind vergessen: Sie werden nicht gesendet.`,
  detach: (label) => `${label} entfernen`,
  forget: 'Frühere Nachrichten vergessen',
  recall: 'Wieder senden',
  startAnew: 'Mit einer Zusammenfassung neu beginnen',
  raise: 'Kontextlänge…',
};

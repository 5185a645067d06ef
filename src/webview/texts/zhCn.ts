import { bytes, clock, count, seconds } from '../formatFigures';
import type { PageTexts, PlanTexts } from './en';

/** The page's texts in Simplified Chinese, with the terms of the Chinese VS Code. */
export const page: PageTexts = {
  composer: {
    escapeAgain: '再按一次 Esc 停止回答',
    label: '消息',
    placeholder: '询问你的代码 (# 文件，/ 命令)',
    send: '发送',
    queue: '添加到队列',
    stop: '停止',
    attach: '附加到消息',
    chooseModel: '选择模型',
    model: (name) => `模型: ${name}。选择其他模型`,
  },
  refused: {
    tooLong: (length, limit) => `消息过长: ${count(length)} 个字符(上限 ${count(limit)})。`,
    attach: '改为附加',
    busy: '由于正在生成回答，消息未发送。请在完成后重试。',
    invalid: '无法发送消息。已保留你的文本。',
  },
  attachments: {
    list: '附件',
    preview: (detail) => `${detail}。预览发送的内容`,
    remove: (label) => `移除 ${label}`,
    part: '部分',
    chooseParts: (label: string): string => `附加 ${label} 的部分…`,
  },
  queue: {
    list: '排队的消息',
    waits: '将在此回答之后发送',
    held: '已暂停: 上一个回答失败',
    edit: '编辑排队的消息',
    remove: '移除排队的消息',
    sendNow: '立即发送',
  },
  conversation: {
    untitled: '新聊天',
    switch: (title) => `${title}。显示聊天`,
  },
  suggestions: {
    explain: { label: (file) => `解释 ${file}`, text: '解释此文件。' },
    ask: { label: (selection) => `询问 ${selection}`, text: '' },
    fix: {
      label: (problems, file) =>
        problems === 1 ? `修复 ${file} 中的问题` : `修复 ${file} 中的 ${count(problems)} 个问题`,
      text: '这该如何修复？',
    },
  },
  completion: {
    references: '文件和符号',
    count: (items) => `${count(items)} 个建议`,
  },
  contextUsage: {
    meter: (used, limit, leftOut) => {
      const context = `已使用约 ${count(used)} 个 token，共 ${count(limit)} 个`;
      return leftOut === 0
        ? `${context}。显示详细信息`
        : `${context}，${count(leftOut)} 条消息放不下。显示详细信息`;
    },
    meterOfUnknown: (used) => `已使用约 ${count(used)} 个 token。显示详细信息`,
    forget: '从此处开始上下文',
    recall: '包含上方的消息',
    seam: '此线以上的内容不会发送给模型',
    numbers: (used, limit) => `${used}/${limit}`,
    leavesTooLittle: (used, limit) => `${used}/${limit}: 留给回答的空间不足。`,
    doesNotFit: (used, limit) => `${used}/${limit}: 无法全部容纳。`,
    messageTooLong: (used, limit) => `此消息超出上下文窗口 (${used}/${limit})。`,
    willLeaveOut: (messages) => `将不发送 ${count(messages)} 条较早的消息。`,
    willShorten: '发送上一个回答时将省略其中间部分。',
    willLeaveOutFiles: '将不发送较早的附件。',
    use: (length) => `使用 ${length}`,
    useMore: (length, memory) => `使用 ${length} (+${memory})`,
    summarize: '总结并重新开始',
    sendAnyway: '仍然发送',
    remove: (label) => `移除 ${label}`,
  },
  context: {
    raised: (length, model) => `上下文长度已增至 ${length}。${model} 会重新加载一次。`,
    raisedBy: (length, model, memory) =>
      `上下文长度已增至 ${length}。${model} 会重新加载一次（约 +${memory}）。`,
    steppedBack: (model, refused, length) =>
      `内存不足以使用 ${refused}。${model} 恢复使用 ${length}。`,
    undo: '撤消',
    undone: '已撤消。',
    alwaysAsk: '始终询问',
    willAsk: 'Cria 会先询问。',
  },
  slash: {
    list: '斜线命令',
    person: '你的提示',
    folder: '来自此文件夹的提示',
    clear: '开始新聊天',
    model: '选择模型',
  },
  empty: {
    title: '与你的模型聊天',
    privacy: ({ origin, cloud, unencrypted }) =>
      cloud
        ? `消息会发送到 ${origin}，再转发到运行此模型的 ollama.com。${unencrypted ? '连接未加密。' : ''}`
        : `消息仅发送到 ${origin}。${unencrypted ? '连接未加密。' : ''}`,
    checking: '正在查找模型…',
  },
  transcript: {
    title: '聊天',
    label: '聊天消息',
    you: '你',
    newText: '跳转到最新内容',
    earlier: (turns) => `显示之前的 ${count(turns)} 条消息`,
  },
  find: {
    region: '在聊天中查找',
    label: '查找',
    previous: '上一个匹配项',
    next: '下一个匹配项',
    close: '关闭',
    count: (position, total, more) =>
      total === 0 && !more
        ? '无结果'
        : `第 ${count(position)} 项，共 ${count(total)}${more ? '+' : ''} 项`,
    announcement: (position, total) =>
      total === 0 ? '无结果。' : `第 ${count(position)} 个匹配项，共 ${count(total)} 个。`,
  },
  activity: {
    connecting: '正在连接…',
    queued: '正在等待另一个回答…',
    busy: (ms: number): string =>
      ms < 1000 ? '正在重试…' : `服务器繁忙。将在 ${seconds(ms)} 后重试。`,
    loading: '正在加载模型…',
    loadingSize: (size) => `正在加载模型 (${bytes(size)})…`,
    lastTime: (ms) => `上次用时 ${seconds(ms)}`,
    prompting: '正在读取提示…',
    waiting: '正在等待模型…',
    answering: '正在回答…',
    repeating: '模型在重复自己的内容。',
    elsewhere: '正在另一个窗口中回答…',
    elapsed: (what, ms) => `${what} ${seconds(ms)}`,
    stalled: (ms) => `已 ${clock(ms)} 未响应`,
    alive: '服务器仍在运行',
    dead: '服务器未响应',
    progress: '正在加载模型',
  },
  thinking: {
    running: (ms) => (ms < 1000 ? '正在思考…' : `正在思考… ${seconds(ms)}`),
    done: (ms) => (ms === undefined ? '已思考' : `已思考 ${seconds(Math.max(ms, 1000))}`),
    region: '推理过程',
    only: '模型仅返回了推理过程，没有回答。',
  },
  answer: {
    editSummary: '编辑摘要',
    editedSummary: '编辑后的摘要',
    saveSummary: '保存',
    showSource: '显示源文本',
    showFormatted: '显示格式化文本',
    empty: '模型返回了空回答。',
    stopped: '已停止。',
    failed: '回答失败。',
    truncated: '回答被截断。',
    interrupted: '回答已中断。',
    copy: '复制回答',
    retry: '重新生成回答',
    askWithModel: '使用其他模型重新生成',
    continued: '此回答被截断，随后继续。',
    seam: '回答在此处被截断，随后继续。',
    figures: '回答详细信息',
  },
  figures: {
    aboutTokens: (tokens) => `约 ${count(tokens)} 个 token`,
    rate: (perSecond) => `${perSecond} token/s`,
    tokens: (tokens) => `${count(tokens)} 个 token`,
    firstToken: (ms) => `首字 ${seconds(ms)}`,
    rows: {
      model: '模型',
      speed: '速度',
      tokens: '回答',
      firstToken: '首个 token',
      thought: '思考用时',
      load: '加载模型',
      prompt: '提示',
      cached: '缓存中的提示',
      fresh: '新读取的提示词',
      leftOut: '未包含在提示词中',
      reading: '提示读取',
      promptSpeed: '提示处理速度',
      context: '已用上下文',
      total: '总计',
    },
  },
  code: {
    copy: '复制代码',
    tools: '代码块操作',
    actions: {
      insert: '在光标处插入',
      replace: '替换所选内容…',
      newFile: '插入到新文件…',
      terminal: '插入到终端 (不运行)',
    },
    apply: (file) => `应用到 ${file}…`,
    plain: '文本',
    region: (language) => `代码块: ${language}`,
    table: '表格',
  },
  names: { open: (name) => `打开 ${name}` },
  user: {
    showAll: '全部显示',
    showLess: '收起',
    edit: '编辑消息',
    delete: '删除消息',
    editLabel: '编辑后的消息',
    resend: '重新发送',
    cancel: '取消',
  },
  branch: {
    previous: '上一个版本',
    next: '下一个版本',
    position: (index, of) => `${index + 1}/${of}`,
  },
  task: { done: '已完成', open: '未完成' },
  copied: '已复制到剪贴板。',
  notCopied: '无法复制到剪贴板。',
  image: (alt) => (alt === '' ? '图像' : `图像: ${alt}`),
  status: {
    started: (model) => `${model} 正在回答。`,
    done: (model) => `${model} 已回答。`,
    doneWith: (model, tokens) => `${model} 已回答，共 ${page.figures.tokens(tokens)}。`,
    stopped: '回答已停止。',
  },
};

export const plan: PlanTexts = {
  title: '下一条消息的上下文',
  system: '系统提示',
  history: '之前的消息',
  attachments: '附件',
  draft: '此消息',
  room: '为回答保留',
  context: '上下文长度 (token)',
  source: {
    allocated: '估算值。上下文长度由服务器分配。',
    configured: '估算值。上下文长度由 Cria 向服务器请求。',
    model: '估算值。上下文长度来自模型。',
    assumed: '估算值。加载模型后，服务器会报告其上下文长度。',
    unknown: '估算值。服务器不报告其上下文长度。',
  },
  tooLong: '仅此消息就超出了上下文长度。',
  leftOut: (messages) => `之前的 ${count(messages)} 条消息放不下，不会发送。`,
  forgotten: (messages) => `之前的 ${count(messages)} 条消息已排除，不会发送。`,
  detach: (label) => `移除 ${label}`,
  willRaise: (length) => `发送时上下文长度将增至 ${length}。模型会重新加载一次。`,
  raise: '设置上下文长度…',
};

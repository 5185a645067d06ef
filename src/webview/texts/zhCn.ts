import { bytes, clock, count, seconds } from '../format';
import type { PageTexts, PlanTexts } from './en';

/** Everything the page says, in Simplified Chinese, with the words of the Chinese VS Code. */
export const page: PageTexts = {
  composer: {
    label: '消息',
    placeholder: '随便问点什么。输入 # 引用文件。Enter 发送，Shift+Enter 换行。',
    send: '发送',
    queue: '在此回答之后发送',
    stop: '停止',
    attach: '附加到消息',
    chooseModel: '选择模型',
    model: (name) => `模型: ${name}。选择其他模型`,
  },
  attachments: {
    list: '已附加',
    preview: (detail) => `${detail}。显示将要发送的内容`,
    remove: (label) => `移除 ${label}`,
    part: '部分',
  },
  queue: {
    list: '等待中的消息',
    waits: '将在此回答之后发送',
    held: '已暂停: 上一个回答未正常结束',
    edit: '编辑等待中的消息',
    remove: '移除等待中的消息',
    sendNow: '立即发送',
  },
  conversation: {
    untitled: '新对话',
    switch: (title) => `${title}。显示其他对话`,
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
  plan: {
    meter: (used, limit, leftOut) => {
      const context = `上下文约占用 ${count(used)} 个 token，共 ${count(limit)} 个`;
      return leftOut === 0
        ? `${context}。详细信息`
        : `${context}，省略了 ${count(leftOut)} 条消息。详细信息`;
    },
    forget: '忘记以上内容',
    recall: '重新发送以上内容',
    seam: '以上内容不会发送。',
  },
  slash: {
    list: '命令',
    person: '你的提示词',
    folder: '此文件夹的提示词',
    clear: '开始新对话',
    model: '选择模型',
  },
  empty: {
    title: '与你自己的模型聊天',
    privacy: ({ origin, cloud, unencrypted }) =>
      `你输入的内容${cloud ? `会发送到 ${origin}，再转发到运行此模型的 ollama.com。` : `只会发送到 ${origin}，不会发送到其他任何地方。`}${unencrypted ? '传输过程未加密。' : ''}`,
    checking: '正在查找你的模型…',
  },
  transcript: {
    title: '聊天',
    label: '对话',
    you: '你',
    newText: '下方有新内容',
    earlier: (turns) => `显示 ${count(turns)} 条更早的消息`,
  },
  find: {
    region: '在对话中查找',
    label: '查找',
    previous: '上一个匹配项',
    next: '下一个匹配项',
    close: '关闭',
    count: (position, total, more) =>
      total === 0 && !more
        ? '无结果'
        : `第 ${count(position)} 项，共 ${count(total)}${more ? '+' : ''} 项`,
    said: (position, total) =>
      total === 0 ? '未找到任何内容。' : `第 ${count(position)} 个匹配项，共 ${count(total)} 个。`,
  },
  activity: {
    connecting: '正在连接…',
    queued: '正在等待另一个回答…',
    loading: '正在加载模型',
    loadingSize: (size) => `正在加载模型，${bytes(size)}`,
    lastTime: (ms) => `上次用时 ${seconds(ms)}`,
    prompting: '正在读取提示词…',
    answering: '正在回答…',
    elsewhere: '另一个窗口正在写入此回答…',
    elapsed: (what, ms) => `${what.replace(/…$/u, '')}: ${seconds(ms)}`,
    stalled: (ms) => `已 ${clock(ms)} 没有响应`,
    alive: 'Ollama 仍在运行',
    dead: 'Ollama 无响应',
    progress: '正在加载模型',
  },
  thinking: {
    running: (ms) => (ms < 1000 ? '正在思考…' : `正在思考… ${seconds(ms)}`),
    done: (ms) => (ms === undefined ? '已思考' : `已思考 ${seconds(Math.max(ms, 1000))}`),
    region: '思考过程',
    only: '模型将整个回答写入了思考过程，见上方。',
  },
  answer: {
    empty: '模型返回了空回答。',
    stopped: '已停止。',
    failed: '此回答失败。',
    truncated: '此回答被截断。',
    interrupted: '此回答被中断。',
    copy: '复制回答',
    retry: '重试',
    askWithModel: '询问其他模型',
    continued: '此回答曾被截断，之后已继续。',
    seam: '回答在此处被截断，之后已继续。',
    figures: '此回答的统计数据',
  },
  figures: {
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
      prompt: '提示词',
      promptSpeed: '提示词处理速度',
      context: '已用上下文',
      total: '总计',
    },
  },
  code: {
    copy: '复制代码',
    tools: '代码',
    actions: {
      insert: '在光标处插入',
      replace: '替换所选内容…',
      newFile: '新建文件…',
      terminal: '插入到终端但不运行',
    },
    apply: (file) => `应用到 ${file}…`,
    plain: '文本',
    region: (language) => `代码: ${language}`,
    table: '表格',
  },
  names: { open: (name) => `打开 ${name}` },
  user: {
    edit: '编辑消息',
    delete: '删除消息',
    editLabel: '编辑后的消息',
    resend: '重新提问',
    cancel: '取消',
  },
  branch: {
    previous: '上一个版本',
    next: '下一个版本',
    position: (index, of) => `${index + 1}/${of}`,
  },
  task: { done: '已完成', open: '未完成' },
  copied: '已复制。',
  notCopied: '复制失败。',
  image: (alt) => (alt === '' ? '图像' : `图像: ${alt}`),
  status: {
    started: (model) => `${model} 正在回答。`,
    done: (model) => `${model} 已回答。`,
    doneWith: (model, tokens) => `${model} 已回答，使用了 ${page.figures.tokens(tokens)}。`,
    stopped: '回答已停止。',
  },
};

export const plan: PlanTexts = {
  title: '下一条消息发送的内容',
  system: '系统提示词',
  history: '更早的消息',
  attachments: '已附加',
  draft: '此消息',
  room: '为回答保留',
  context: '上下文 (token)',
  source: {
    allocated: '估算值。上下文大小为服务器已分配的大小。',
    configured: '估算值。上下文大小为你所设置的大小。',
    assumed: '估算值。加载模型后，服务器才会告知其上下文大小。',
  },
  tooLong: '仅此消息就已超出上下文长度。',
  leftOut: (messages) => `${count(messages)} 条更早的消息已放不下。它们会保留在此处，但不会发送。`,
  forgotten: (messages) => `已忘记 ${count(messages)} 条更早的消息: 它们不会发送。`,
  detach: (label) => `移除 ${label}`,
  forget: '忘记更早的消息',
  recall: '重新发送它们',
  startAnew: '用摘要重新开始',
  raise: '上下文长度…',
};

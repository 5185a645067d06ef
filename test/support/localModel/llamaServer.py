# Serves a model through the HTTP server of llama.cpp, until standard input closes:
#   python3 llamaServer.py model.gguf name context-length
import os
import sys

import xllamacpp

# As of models that reason: an empty block of reasoning switches it off.
TEMPLATE = """
{%- for message in messages -%}
{{ '<|im_start|>' + message.role + '\\n' }}
{%- if message.reasoning_content is defined and message.reasoning_content -%}
{{ '<think>\\n' + message.reasoning_content + '\\n</think>\\n\\n' }}
{%- endif -%}
{{ message.content + '<|im_end|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{ '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false -%}
{{ '<think>\\n\\n</think>\\n\\n' }}
{%- endif -%}
{%- endif -%}
"""

model, name, context_length = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = model
params.model_alias = {name}
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = int(context_length)
params.n_parallel = 1
# Threads of llama.cpp wait by spinning: with more of them than free processors they are slow.
threads = max(1, (os.cpu_count() or 2) - 1)
params.cpuparams.n_threads = threads
params.cpuparams_batch.n_threads = threads
params.chat_template = TEMPLATE
server = xllamacpp.Server(params)
print(f"listening on {server.listening_address}", flush=True)
sys.stdin.read()
os._exit(0)

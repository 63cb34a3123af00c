"""One side of bench/train.js: the same training steps with PyTorch, transformers and PEFT. One JSON line in, one out."""
import json
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM



def peak_bytes():
    """VmHWM, not ru_maxrss, which a process inherits from the one that started it."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


options = json.loads(sys.argv[1])
folder = options["folder"]
torch.set_num_threads(options["threads"])
torch.ones(2, requires_grad=True).sum().backward()
idle_bytes = peak_bytes()
model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, options["dtype"]))
model = get_peft_model(
    model, LoraConfig(r=8, lora_alpha=16, target_modules=options["targets"], lora_dropout=0.0, bias="none")
)
# The adapter stays in float32, as PEFT keeps it.
adapter = load_file(f"{folder}/adapter.safetensors")
parameters = []
for name, parameter in model.named_parameters():
    if parameter.requires_grad:
        parameter.data.copy_(adapter[name.removeprefix("base_model.model.").removesuffix(".default.weight")])
        parameters.append(parameter)
model.train()
optimizer = torch.optim.AdamW(parameters, lr=2e-4, weight_decay=0.0)
with open(f"{folder}/tokens.json") as file:
    ids = torch.tensor(json.load(file)[: options["batch"]])
labels = ids.clone()
labels[:, : max(1, round((1 - options["labelled"]) * ids.shape[1]))] = -100

for line in sys.stdin:
    steps = json.loads(line)["steps"]
    seconds = []
    cpu = time.process_time()
    for _ in range(steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = model(input_ids=ids, labels=labels, use_cache=False).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        loss = loss.item()
        seconds.append(time.perf_counter() - start)
    answer = {
        "seconds": seconds,
        "cpu": (time.process_time() - cpu) / steps,
        "loss": loss,
        "norm": norm.item(),
        "peakBytes": peak_bytes(),
        "idleBytes": idle_bytes,
    }
    print(json.dumps(answer), flush=True)

"""Compares openledger with PEFT on a base model: adapters in both directions, merged models, and what is refused.

  python3 scripts/comparePeft.py BASE_FOLDER      (npm run build first; torch, transformers, peft and tokenizers installed)

For each way to make an adapter
  PEFT makes it, and `openledger model eval` computes its loss;
  `openledger model merge` merges it, and transformers computes the loss of what was written;
and for each way to train one with `openledger train`
  PEFT opens it and computes its loss, and opens it again after PEFT itself has saved it.
Losses must be equal to 1e-5. Options that openledger does not compute must be refused by their names. Ends with 1 where
anything differs.
"""
import json, os, subprocess, sys, tempfile, warnings
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

warnings.filterwarnings("ignore")
BASE = os.path.abspath(sys.argv[1])
OPENLEDGER = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bin", "openledger.js")]
TEXTS = ["Once upon a time there was a little boat on a big river.", "The sun was warm and the wind was kind.",
         "She said: we wait for slack water, and then we sail."]
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
MADE = {
    "plain": dict(target_modules=["q_proj", "v_proj"]),
    "all-linear": dict(target_modules="all-linear"),
    "rslora, dora": dict(target_modules=ALL, use_rslora=True, use_dora=True),
    "rank and alpha patterns": dict(target_modules=ALL, rank_pattern={"q_proj": 2, "layers.1.mlp.*": 6}, alpha_pattern={"^model.layers.0.*": 4}),
    "exclude_modules": dict(target_modules=ALL, exclude_modules=r".*layers\.[12]\..*"),
    "layers_pattern": dict(target_modules=ALL, layers_to_transform=[0, 2], layers_pattern="layers"),
    "lm_head": dict(target_modules=["q_proj", "lm_head"]),
    "embed_tokens": dict(target_modules=["q_proj", "embed_tokens"]),
    "both": dict(target_modules=["lm_head", "embed_tokens"]),
    "modules_to_save": dict(target_modules=["q_proj"], modules_to_save=["lm_head", "norm"]),
    "modules_to_save embed_tokens": dict(target_modules=["q_proj"], modules_to_save=["embed_tokens"]),
    "gaussian": dict(target_modules=ALL, init_lora_weights="gaussian"),
    "pissa": dict(target_modules=ALL, init_lora_weights="pissa"),
    "olora": dict(target_modules=ALL, init_lora_weights="olora"),
    "pissa, modules_to_save": dict(target_modules=["q_proj"], init_lora_weights="pissa", modules_to_save=["lm_head", "norm"]),
}
REFUSED = {
    "lora_bias": dict(target_modules=["q_proj"], lora_bias=True),
    "init_lora_weights": dict(target_modules=["q_proj"], init_lora_weights="pissa_niter_4"),
    "trainable_token_indices": dict(target_modules=["q_proj"], trainable_token_indices=[3, 5]),
    "target_parameters": dict(target_modules=["q_proj"], target_parameters=["mlp.up_proj.weight"]),
    "ensure_weight_tying": dict(target_modules=["q_proj", "embed_tokens"], ensure_weight_tying=True),
}
TRAINED = {
    "plain": [],
    "dora, rslora": ["--use-dora", "--use-rslora"],
    "patterns": ["--rank-pattern", '{"q_proj": 2, "layers.1.mlp.*": 6}', "--alpha-pattern", '{"up_proj": 3}'],
    "excluded": ["--exclude-modules", "mlp.up_proj,v_proj"],
    "modules to save": ["--target-modules", "q_proj", "--modules-to-save", "lm_head,norm", "--bias", "all"],
    "layers": ["--layers", "1-2"],
    "head and embeddings": ["--target-modules", "q_proj,lm_head,embed_tokens"],
}

def openledger(*arguments):
    done = subprocess.run(["node", *OPENLEDGER, *arguments, "--json"], capture_output=True, text=True)
    lines = (done.stdout.strip() or done.stderr.strip())
    try:
        result = json.loads(lines)
        return done.returncode, result.get("data", result)
    except json.JSONDecodeError: return done.returncode, dict(error=dict(message=lines[-500:]))

config = json.load(open(os.path.join(BASE, "config.json")))
tokenizer = Tokenizer.from_file(os.path.join(BASE, "tokenizer.json"))
def encode(text): return [config["bos_token_id"], *tokenizer.encode(text, add_special_tokens=False).ids, config["eos_token_id"]]
def open_base(): return AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
def loss_of(model):
    total, count = 0.0, 0
    with torch.no_grad():
        for text in TEXTS:
            ids = torch.tensor([encode(text)])
            logits = model.eval()(input_ids=ids).logits[0, :-1].double()
            total += torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item(); count += ids.shape[1] - 1
    return total / count

wrong = 0
def compare(what, ours, theirs):
    global wrong
    difference = abs(ours - theirs) / abs(theirs) if isinstance(ours, float) else float("inf")
    wrong += difference > 1e-5
    print(f"{'ok   ' if difference <= 1e-5 else 'WRONG'} {what:44s} {ours!s:22.22s} {theirs:.8f} {difference:8.1e}", flush=True)

with tempfile.TemporaryDirectory() as folder:
    at = lambda *names: os.path.join(folder, *names)
    data = at("texts.jsonl")
    with open(data, "w") as file: file.writelines(json.dumps(dict(text=text)) + "\n" for text in TEXTS)
    def ours(base, adapter=None):
        code, result = openledger("model", "eval", "--base", base, "--data", data, "--loss-on", "all", *(["--adapter", adapter] if adapter else []))
        return result["loss"] if code == 0 else result["error"]["message"]
    compare("base", ours(BASE), loss_of(open_base()))
    def made(name, options):
        torch.manual_seed(3)
        model = get_peft_model(open_base(), LoraConfig(task_type="CAUSAL_LM", **{"r": 4, "lora_alpha": 8, **options}))
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if parameter.requires_grad:
                    parameter.mul_(1 + 0.02 * torch.randn_like(parameter)) if "magnitude" in key else parameter.add_(torch.randn_like(parameter) * 0.05)
        adapter = at(f"made {name}"); model.save_pretrained(adapter)
        return adapter
    for i, (name, options) in enumerate(MADE.items()):
        adapter = made(name, options)
        theirs = loss_of(PeftModel.from_pretrained(open_base(), adapter))
        compare(f"{name}, made by PEFT", ours(BASE, adapter), theirs)
        code, result = openledger("model", "merge", "--base", BASE, "--adapter", adapter, "--output", at(f"merged{i}"))
        if code != 0: wrong += 1; print("WRONG merge of", name, result); continue
        compare(f"{name}, merged by openledger", loss_of(AutoModelForCausalLM.from_pretrained(at(f"merged{i}"), dtype=torch.float32)), theirs)
    for i, (name, flags) in enumerate(TRAINED.items()):
        adapter = at(f"trained{i}")
        code, result = openledger("train", "--base", BASE, "--data", data, "--loss-on", "all", "--output", adapter, "--rank", "4", "--max-steps", "4", "--learning-rate", "0.01", *flags)
        if code != 0: wrong += 1; print("WRONG training with", name, result); continue
        model = PeftModel.from_pretrained(open_base(), adapter); theirs = loss_of(model)
        compare(f"{name}, trained by openledger", ours(BASE, adapter), theirs)
        model.save_pretrained(at(f"again{i}"))
        compare(f"{name}, saved again by PEFT", ours(BASE, at(f"again{i}")), theirs)
    for field, options in REFUSED.items():
        said = ours(BASE, made(f"refused {field}", options))
        refused = isinstance(said, str) and field in said
        wrong += not refused
        print("ok   " if refused else "WRONG", f"{field} is refused by name" if refused else f"{field}: {said}", flush=True)
print("all equal" if wrong == 0 else f"{wrong} wrong")
sys.exit(1 if wrong else 0)

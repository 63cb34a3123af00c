"""Makes test/fixtures/tokenizerKinds.json.gz: small tokenizers of many kinds with the ids that Python's tokenizers give.

Of every text: ids without and with the tokens around it, and the text decoded from the ids.

Run: python3 scripts/tokenizerKinds.py   (needs tokenizers)
"""
import gzip, json, os
from tokenizers import Tokenizer, AddedToken, Regex, models, normalizers as N, pre_tokenizers as P, processors, decoders as D, trainers
texts=["","a"," ","  a  b ","Hello, world!","don't I'll WE'RE it's","naïve café Straße ÆØ e\u0301","ﬁ ﬂ ½ ² Ⅳ ①","日本語テキスト。中文，한국어","مرحبا שלום हिन्दी ไทย","🌊⚓️👩‍👩‍👧 👍🏽","\u200b\u200d\ufeff\u00a0\u2003\u3000x\u00ad","\u0001\u001f\u007f\u0085z","\ufffd\ue000\U0010ffff","\n\n a\r\n\tb","tab\tx\u2028y\u000bz\u000c","3.14 1,000 ٣٤٥ x2y 007","a_b-c.d/e (f) [g] {h} <i>","!!!...—…«x»“y”","AAAAAAAAAA","x<s>y </s> z<s>","a[M] b[M]c [M]  [M]d","foo foofoo foo. xfoo foo2 fooé","A[w]b [w] ,[w].","  [L] x  [L]y","x [R]  y[R] \n z","Low low LOW lOW","ẞ İ ı Ǆ ς Σ","\u0e33 \u1100\u1161 \uac00","a\u0300\u0301\u0328b","▁x▁ ▁▁y","Ġx Ċ","<0x41> <0xE4>","the theta other","!a?b.c,d","a"*40+" "+"b"*33,"1+1=2 $5 €7 ~x^y|z`","x²³ ½12 Ⅳ٣","a\u0085b\ufeffc \ufeff d\u0085 e","a b  c ▁d","<s> x</s>  y\ufeff</s>"]
corpus=[t for t in texts if t]*2+["the low lower lowest foo theta other hello world abc abd 123"]
added=[AddedToken("<s>",special=True,normalized=False),AddedToken("</s>",special=True,normalized=False)]
def base(kind,vocab=300,**kw):
    if kind=="bpe": t=Tokenizer(models.BPE(unk_token="<unk>",**kw)); tr=trainers.BpeTrainer(vocab_size=vocab,special_tokens=["<unk>"],show_progress=False)
    if kind=="bl": t=Tokenizer(models.BPE(**kw)); tr=trainers.BpeTrainer(vocab_size=400,special_tokens=[],initial_alphabet=P.ByteLevel.alphabet(),show_progress=False)
    if kind=="wp": t=Tokenizer(models.WordPiece(unk_token="[UNK]",**kw)); tr=trainers.WordPieceTrainer(vocab_size=vocab,special_tokens=["[UNK]"],show_progress=False)
    if kind=="uni": t=Tokenizer(models.Unigram()); tr=trainers.UnigramTrainer(vocab_size=vocab,unk_token="<unk>",special_tokens=["<unk>"],show_progress=False)
    if kind=="wl": t=Tokenizer(models.WordLevel(unk_token="<unk>")); tr=trainers.WordLevelTrainer(vocab_size=vocab,special_tokens=["<unk>"],show_progress=False)
    return t,tr
made={}
def make(name,kind,norm=None,pre=None,post=None,dec=None,add=(),patch=None,**kw):
    t,tr=base(kind,**kw)
    if norm is not None:t.normalizer=norm
    if pre is not None and kind=='bl': t.pre_tokenizer=P.ByteLevel(False,use_regex=False)
    t.train_from_iterator(corpus+[' ▁a▁b','a-b.c!?','x²³½','12'],tr)
    if pre is not None:t.pre_tokenizer=pre
    if dec is not None:t.decoder=dec
    t.add_tokens(added)
    for a in add: (t.add_special_tokens if a.special else t.add_tokens)([a])
    if post is not None:
        t.post_processor=post
    d=json.loads(t.to_str())
    if patch: 
        patch(d)
    t=Tokenizer.from_str(json.dumps(d)); made[name]=(d,t)
# normalizers
for n,x in {"NFC":N.NFC(),"NFD":N.NFD(),"NFKC":N.NFKC(),"NFKD":N.NFKD(),"Lowercase":N.Lowercase(),"Strip":N.Strip(),"StripLeft":N.Strip(True,False),"StripRight":N.Strip(False,True),"StripAccents":N.StripAccents(),"NFDStripAccents":N.Sequence([N.NFD(),N.StripAccents()]),"Prepend":N.Prepend("▁"),"ReplaceS":N.Replace(" ","▁"),"ReplaceR":N.Replace(Regex(r"\s+")," "),"ReplaceR2":N.Replace(Regex("[aeiou]"),"$1"),"ReplaceD":N.Replace("a","$&"),"Nmt":N.Nmt(),"ByteLevel":N.ByteLevel(),"Bert":N.BertNormalizer(),"BertCased":N.BertNormalizer(lowercase=False),"BertNoClean":N.BertNormalizer(clean_text=False,handle_chinese_chars=False,strip_accents=False),"BertAcc":N.BertNormalizer(lowercase=False,strip_accents=True),"SeqPR":N.Sequence([N.Prepend("▁"),N.Replace(" ","▁")])}.items():
    make("norm "+n,"bpe",norm=x)
# pre-tokenizers
for n,x in {"ByteLevel":P.ByteLevel(),"ByteLevelNoPrefix":P.ByteLevel(False),"ByteLevelNoRegex":P.ByteLevel(False,use_regex=False),"ByteLevelPrefixNoRegex":P.ByteLevel(True,use_regex=False)}.items(): make("pre "+n,"bl",pre=x,dec=D.ByteLevel(),post=processors.ByteLevel())
LL=r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
pres={"Whitespace":P.Whitespace(),"WhitespaceSplit":P.WhitespaceSplit(),"Bert":P.BertPreTokenizer(),"CharDelim":P.CharDelimiterSplit("-"),"Digits":P.Digits(),"DigitsInd":P.Digits(True),"UnicodeScripts":P.UnicodeScripts(),"FixedLength":P.FixedLength(3)}
for b in ["isolated","removed","merged_with_previous","merged_with_next","contiguous"]:
    pres["Punct "+b]=P.Punctuation(b)
    for inv in (False,True):
        pres[f"SplitS {b} {inv}"]=P.Split(" ",b,inv); pres[f"SplitR {b} {inv}"]=P.Split(Regex(r"\d+|\p{L}+"),b,inv)
pres["SplitLL"]=P.Split(Regex(LL),"isolated"); pres["SplitLLrm"]=P.Split(Regex(LL),"removed",True); pres["SplitLb"]=P.Split(Regex(r"(?<=[a-z])(?=[A-Z])|\b"),"isolated"); pres["SplitW"]=P.Split(Regex(r"\w+|[^\w\s]+"),"isolated"); pres["SplitPoss"]=P.Split(Regex(r"[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+|\s++$|\s+"),"isolated")
for sch in ["always","first","never"]:
    for sp in (True,False): pres[f"Meta {sch} {sp}"]=P.Metaspace("▁",sch,sp)
pres["Seq"]=P.Sequence([P.WhitespaceSplit(),P.Punctuation(),P.Digits(True)]); pres["SeqMeta"]=P.Sequence([P.WhitespaceSplit(),P.Metaspace("▁","always")]);pres["SeqMetaFirst"]=P.Sequence([P.Split(Regex(r"\d"),"isolated"),P.Metaspace("▁","first",False)])
for n,x in pres.items(): make("pre "+n,"bpe",pre=x)
make("pre DigitsBL","bl",pre=P.Sequence([P.Digits(True),P.ByteLevel(False)]),dec=D.ByteLevel())
make("pre SplitLLBL","bl",pre=P.Sequence([P.Split(Regex(LL),"isolated"),P.ByteLevel(False,use_regex=False)]),dec=D.ByteLevel())
# models
def setm(**kw): return lambda d: d["model"].update(kw)
make("bpe plain","bpe"); make("bpe fuse","bpe",fuse_unk=True)
def limit(d):
    v=d["model"]["vocab"]; keep={k for k in v if all(c.isascii() for c in k)}
    d["model"]["vocab"]={k:i for i,k in enumerate(k for k in v if k in keep)}
    if "merges" in d["model"]: d["model"]["merges"]=[m for m in d["model"]["merges"] if all(x in keep for x in m) and ''.join(m) in keep]
    base=max(d["model"]["vocab"].values())+1
    for i,a in enumerate(d["added_tokens"]):
        if a["content"] in d["model"]["vocab"]: a["id"]=d["model"]["vocab"][a["content"]]
        else: a["id"]=base; base+=1
def limit_fb(all_=True):
    def f(d):
        limit(d); v=d["model"]["vocab"]; n=max(max(v.values()),max([a["id"] for a in d["added_tokens"]]))+1
        for b in range(256):
            if all_ or b!=0xE4: v[f"<0x{b:02X}>"]=n; n+=1
        d["model"]["byte_fallback"]=True
    return f
make("bpe unk","bpe",patch=limit); make("bpe unk fused","bpe",patch=lambda d:(limit(d),d["model"].update(fuse_unk=True)))
make("bpe unk none","bpe",patch=lambda d:(limit(d),d["model"].update(unk_token=None)))
make("bpe fallback","bpe",patch=limit_fb(),dec=D.Sequence([D.Replace("▁"," "),D.ByteFallback(),D.Fuse(),D.Strip(" ",1,0)])); make("bpe fallback fused","bpe",patch=lambda d:(limit_fb()(d),d["model"].update(fuse_unk=True))); make("bpe fallback partial","bpe",patch=limit_fb(False)); make("bpe fallback partial fused","bpe",patch=lambda d:(limit_fb(False)(d),d["model"].update(fuse_unk=True)))
make("bpe ignore_merges","bl",pre=P.ByteLevel(False),dec=D.ByteLevel(),patch=lambda d:(d["model"].update(ignore_merges=True,merges=d["model"]["merges"][:40])))
make("bpe old merges","bl",pre=P.ByteLevel(False),dec=D.ByteLevel(),patch=lambda d:d["model"].update(merges=[" ".join(m) for m in d["model"]["merges"]]))
make("bpe dropout0","bl",pre=P.ByteLevel(False),patch=setm(dropout=0.0)); make("bpe dropout","bl",pre=P.ByteLevel(False),patch=setm(dropout=0.9))
for s in ["continuing","end"]:
    t=Tokenizer(models.BPE(unk_token="<unk>",**({"continuing_subword_prefix":"##"} if s=="continuing" else {"end_of_word_suffix":"</w>"}))); t.pre_tokenizer=P.Whitespace()
    t.train_from_iterator(corpus,trainers.BpeTrainer(vocab_size=300,special_tokens=["<unk>"],show_progress=False,**({"continuing_subword_prefix":"##"} if s=="continuing" else {"end_of_word_suffix":"</w>"})))
    t.add_tokens(added)
    if s=="end": t.decoder=D.BPEDecoder()
    d=json.loads(t.to_str()); made["bpe "+s]=(d,Tokenizer.from_str(json.dumps(d)))
make("wp","wp",norm=N.BertNormalizer(),pre=P.BertPreTokenizer(),dec=D.WordPiece()); make("wp short","wp",pre=P.WhitespaceSplit(),patch=setm(max_input_chars_per_word=5)); make("wp unk","wp",pre=P.WhitespaceSplit(),patch=limit,dec=D.WordPiece(cleanup=False)); make("wl","wl",pre=P.Whitespace())
make("uni","uni",pre=P.Metaspace(),dec=D.Metaspace()); make("uni plain","uni"); 
def unilimit(fb):
    def f(d):
        m=d["model"]; m["vocab"]=[x for x in m["vocab"] if x[0].isascii() or x[0][0]=="▁"]; base=len(m["vocab"])
        if fb: m["vocab"]+= [[f"<0x{b:02X}>",-20.0] for b in range(256)]; m["byte_fallback"]=True
        base=len(m["vocab"])
        for a in d["added_tokens"]:
            ids=[i for i,x in enumerate(m["vocab"]) if x[0]==a["content"]]
            if ids:a["id"]=ids[0]
            else:a["id"]=base; base+=1
    return f
make("uni unk","uni",pre=P.Metaspace(),patch=unilimit(False)); make("uni fallback","uni",pre=P.Metaspace(),patch=unilimit(True)); 
# added
A=lambda c,**k:AddedToken(c,**k)
bl=dict(kind="bl",pre=P.ByteLevel(False),dec=D.ByteLevel())
make("add single",add=[A("foo",single_word=True),A("[w]",single_word=True,normalized=False)],**bl)
make("add lstrip",add=[A("[L]",lstrip=True)],**bl); make("add rstrip",add=[A("[R]",rstrip=True)],**bl); make("add both",add=[A("[M]",lstrip=True,rstrip=True),A("[w]",lstrip=True,single_word=True)],**bl); make("add lstrip nn",add=[A("[L]",lstrip=True,normalized=False),A("[M]",rstrip=True,lstrip=True,normalized=False,special=True)],**bl)
make("add normalized","bpe",norm=N.Lowercase(),add=[A("LOW"),A("[M]",normalized=True),A("[R]",normalized=False,rstrip=True),A("the",normalized=True)])
make("add overlap",add=[A("foo"),A("foofoo"),A("oof",normalized=False),A("lo"),A("low",normalized=False)],**bl)
make("add prepend","bpe",norm=N.Sequence([N.Prepend("▁"),N.Replace(" ","▁")]),add=[A("foo"),A("[M]",normalized=True),A("[w]",normalized=False)])
make("add nfkc","bpe",norm=N.NFKC(),add=[A("ﬁ"),A("½",normalized=False),A("①",normalized=True)]); make("add accents","bpe",norm=N.Sequence([N.NFD(),N.StripAccents()]),add=[A("café"),A("é",single_word=True)])
make("add metafirst","bpe",pre=P.Metaspace("▁","first"),add=[A("[M]"),A("foo")]); make("add metafirst nn","bpe",pre=P.Metaspace("▁","first",False),add=[A("[M]",normalized=False),A("[L]",lstrip=True,normalized=False)])
make("add emoji",add=[A("🌊"),A("👩‍👩‍👧",normalized=False),A("x",single_word=True)],**bl); make("add spaces",add=[A(" "),A("  ",normalized=False),A("\n\n")],**bl)
# post
sp=lambda t:[(x,t[1].token_to_id(x)) for x in ("<s>","</s>")]
b0=("bl",)
ids=(400,401)
def post(d,x): d["post_processor"]=x
for n,x in {"Template":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],"special_tokens":{}}, "Bert":{"type":"BertProcessing"},"Roberta":{"type":"RobertaProcessing","trim_offsets":True,"add_prefix_space":False}}.items():
    def pt(d,x=x):
        i={a["content"]:a["id"] for a in d["added_tokens"]}; x=json.loads(json.dumps(x))
        if x["type"]=="TemplateProcessing": x["special_tokens"]={k:{"id":k,"ids":[i[k]],"tokens":[k]} for k in i}
        else: x.update(cls=["<s>",i["<s>"]],sep=["</s>",i["</s>"]])
        d["post_processor"]=x
    make("post "+n,patch=pt,**bl)
    def ps(d,pt=pt): pt(d); d["post_processor"]={"type":"Sequence","processors":[{"type":"ByteLevel","add_prefix_space":True,"trim_offsets":True,"use_regex":True},d["post_processor"]]}
    make("post Seq "+n,patch=ps,**bl)
# decoders over the same
for n,x in {"none":None,"Metaspace":D.Metaspace(),"MetaspaceNever":D.Metaspace("▁","never"),"MetaspaceFirst":D.Metaspace("▁","first"),"WordPiece":D.WordPiece(),"WPnoclean":D.WordPiece("##",False),"BPE":D.BPEDecoder("</w>"),"CTC":D.CTC("<unk>","|",True),"Fuse":D.Fuse(),"StripD":D.Strip("a",1,1),"ReplD":D.Replace("a","b"),"ReplRe":D.Replace(Regex("[ab]"),"."),"Byte":D.ByteFallback(),"SeqLl":D.Sequence([D.Replace("▁"," "),D.ByteFallback(),D.Fuse(),D.Strip(" ",1,0)]),"ByteLevel":D.ByteLevel()}.items():
    make("dec "+n,"bpe",pre=P.Metaspace(),dec=x,patch=limit_fb())
out={}
for n,(d,t) in made.items():
    rows=[]
    for x in texts:
        try:
            e=t.encode(x,add_special_tokens=False); s=t.encode(x); rows.append([e.ids,s.ids if s.ids!=e.ids else 0,t.decode(e.ids,skip_special_tokens=False),t.decode(e.ids)])
        except BaseException as ex: rows.append(str(ex)[:80])
    out[n]={"definition":d,"rows":rows}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "fixtures", "tokenizerKinds.json.gz")
with gzip.GzipFile(path, "wb", mtime=0) as f:
    f.write(json.dumps({"texts": texts, "tokenizers": out}, ensure_ascii=False).encode())
print(len(out), "tokenizers,", os.path.getsize(path), "bytes")

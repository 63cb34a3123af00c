"""Makes test/fixtures/generatedTemplates.json.gz: small templates made at random, with what Jinja as transformers configures it gives.

Kept are those that Jinja renders, without what prints an address. The templates are meant to be odd, not to be read.

Run: python3 scripts/generatedTemplates.py [seed count file.json.gz]   (needs transformers and jinja2; the fixture is 1 6000)
"""
import copy, gzip, json, os, random, sys, warnings
from transformers.utils.chat_template_utils import _cached_compile_jinja_template as compile_template

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
seed, count, path = (sys.argv[1:] + [1, 6000, os.path.join(here, "..", "test", "fixtures", "generatedTemplates.json.gz")][len(sys.argv) - 1:])
R = random.Random(int(seed))
ctx={"messages":[{"role":"system","content":"Be  brief.\n"},{"role":"user","content":" Hé <b>'x'</b> \u4f60\U0001f30a\t","name":"Ann"},{"role":"assistant","content":None,"tool_calls":[{"type":"function","function":{"name":"f","arguments":{"a":1,"b":[1.5,True,None,"q\"'"]}}}]},{"role":"user","content":""}],
"tools":None,"n":7,"f":2.5,"s":"  Ab c-ab\nX y  ","t":True,"l":[3,1,2,1],"d":{"b":1,"a":[1,2],"items":5,"z":None},"e":[], "bos_token":"<s>","es":"","w":["b","A","c","a"],"neg":-3,"o":[{"k":"x","v":2},{"k":"Y","v":1},{"k":"x"}]}
names=list(ctx)+["undef","loop"]
strs=["''","'a'","' x '","'ab'","'\\n'","'é'","\"it's\"","'%s'","'a,b,c'","'{}'","'😀'","'A b'","'-'","'0'","'12'","'3.7'","'%d-%5.1f|%-4s|%r'","'a\\tb'","'{0}{1}'"]
def lit():
    return R.choice([R.choice(strs),str(R.randint(-3,12)),R.choice(["1.5","0.1","1e3","2.0","1e16","1e-7"]),R.choice(["true","false","none","True"]),R.choice(["[]","[1,2]","['a','b']","(1,)","(1,'b')","{}","{'a':1}","{'k':[1]}","[[1,2],[3]]","range(3)"])])
filters=["abs","attr('items')","batch(2)|list","capitalize","center(9)","count","d('z')","default('q',true)","dictsort","e","first","float","format('x')","format(1,2.5,'a',none)","indent","indent(2,true)","indent(width=3,blank=true)","int","int(5)","items|list","join","join(', ')","join('-',attribute='role')","last","length","list","lower","map('upper')|list","map(attribute='role')|list","map(attribute='k',default='D')|list","max","min","reject('none')|list","rejectattr('content')|list","replace('a','ZZ')","replace('','-')","replace('b','',1)","reverse","reverse|list","round","round(1)","round(2,'floor')","round(0,'ceil')","safe","select|list","select('string')|list","selectattr('role','equalto','user')|list","selectattr('role','in',['user'])|list","slice(3)|list","sort","sort(reverse=true)","sort(attribute='k')","string","sum","title","tojson","tojson(indent=2)","tojson(separators=(',',':'))","tojson(sort_keys=true)","tojson(ensure_ascii=true)","trim","trim('x ')","truncate(6)","truncate(5,true,'')","unique|list","upper","wordcount","sum(attribute='v')","sum(start=1.5)","string|length"]
methods=["strip()","lstrip()","rstrip()","strip('a ')","rstrip('\\n')","lstrip('- ')","split()","split(',')","split('a',1)","split(none,1)","rsplit(' ',1)","rsplit(none,1)","rsplit()","splitlines()","splitlines(true)","upper()","lower()","title()","capitalize()","swapcase()","startswith('a')","startswith(('<','A'))","endswith(' ')","find('b')","rfind('b')","find('a',2)","find('',1,3)","index('b')","count('a')","count('')","replace('a','b')","replace(' ','_',1)","join(['x','y'])","join(w)","partition('b')","rpartition(' ')","isdigit()","isalpha()","isalnum()","isspace()","isupper()","islower()","removeprefix('a')","removesuffix('b')","ljust(6)","rjust(6,'*')","center(7,'.')","zfill(5)","format(1,'b')","format(s,a=2)","encode()","items()","keys()","values()","get('a')","get('zz','D')","get('z','D')","append(1)","pop()","items()|list","keys()|list","copy()","index(1)","count(1)","__class__","constructor","isdecimal()","isascii()","isprintable()"]
tests=["defined","undefined","none","string","number","integer","float","mapping","iterable","sequence","boolean","true","false","odd","even","divisibleby 3","lower","upper","in [1,'a']","eq 1","equalto('a')","ne 2","gt 1","lt 5","ge 2","le 'b'","callable","escaped","sameas true","sameas none"]
def E(d):
    if d<=0: return lit() if R.random()<.5 else R.choice(names)
    k=R.randrange(16)
    if k==0: return f"({E(d-1)} {R.choice(['+','-','*','/','//','%','**'])} {E(d-1)})"
    if k==1: return f"{E(d-1)} ~ {E(d-1)}"
    if k==2: return f"({E(d-1)} {R.choice(['==','!=','<','>','<=','>=','in','not in'])} {E(d-1)})"
    if k==3: return f"({E(d-1)} {R.choice(['and','or'])} {E(d-1)})"
    if k==4: return f"(not {E(d-1)})"
    if k in(5,6,7): return f"{P(d-1)}|{R.choice(filters)}"
    if k in(8,9): return f"{P(d-1)}.{R.choice(methods)}"
    if k==10: return f"({E(d-1)} is {R.choice(['','not '])}{R.choice(tests)})"
    if k==11: return f"{P(d-1)}[{R.choice(['0','-1','1:','::-1',':2','-2:','1:3','::2',repr(R.choice(['a','role','items','get'])),E(0)])}]"
    if k==12: return f"({E(d-1)} if {E(d-1)} else {E(d-1)})" if R.random()<.8 else f"({E(d-1)} if {E(d-1)})"
    if k==13: return R.choice(["[%s, %s]","(%s, %s)","{'a': %s, 'b': %s}"])%(E(d-1),E(d-1))
    if k==14: return f"{P(d-1)}.{R.choice(['role','content','a','items','k','0','name','tool_calls'])}"
    return R.choice(names)
def P(d):
    e=E(d)
    return e if e.replace('_','').isalnum() and not e[0].isdigit() else f"({e})"
vn=["x","y","n","ns","messages","s"]
def ws(): return R.choice(["",""," ","\n","\n  ","  "," a ","b\n"])
def tag(x):
    return "{%"+R.choice(["","","","-","+"])+" "+x+" "+R.choice(["","","","-","+"])+"%}"
def S(d,loop=False,mac=False):
    k=R.randrange(14)
    if d<=0 or k<3: return ws()+"{{"+R.choice([""," -"[1:],""])+" "+E(R.randint(0,2))+" "+R.choice(["","-"])+"}}"+ws()
    B=lambda lp=loop: "".join(S(d-1,lp) for _ in range(R.randint(1,3)))
    if k==3: return ws()+tag("if "+E(1))+B()+(tag("elif "+E(1))+B() if R.random()<.3 else "")+(tag("else")+B() if R.random()<.5 else "")+tag("endif")+ws()
    if k in(4,5):
        it=R.choice(["messages","l","range(3)","w","'ab'","d","d.items()","o","e","undef",E(1)])
        tgt=R.choice(["x","y","m"]) if it!="d.items()" else "k, v"
        cond=R.choice([""]*4+[" if loop is defined"," if "+tgt.split(',')[0]," if not "+tgt.split(',')[0]])
        return ws()+tag(f"for {tgt} in {it}{cond}")+B(True)+R.choice(["","{{ loop.index }}{{ loop.last }}","{{ loop.revindex0 }}","{{ loop.previtem }}|{{ loop.nextitem is defined }}","{{ loop.cycle('a','b') }}","{{ x }}","{{ loop.changed(x) }}","{{ loop.length }}"])+(tag("else")+B() if R.random()<.3 else "")+tag("endfor")+ws()
    if k==6 and loop: return ws()+R.choice([tag("break"),tag("continue"),tag("if "+E(1))+"q"+tag(R.choice(["break","continue"]))+tag("endif")])+ws()
    if k in(6,7): return ws()+tag(f"set {R.choice(vn)} = {E(2)}")+ws()
    if k==8: return tag(f"set {R.choice(vn)}{R.choice(['',' | upper',' | trim'])}")+B()+tag("endset")
    if k==9: return tag("set ns = namespace(c=0)")+tag("for x in l")+tag("set ns.c = ns.c + x")+tag("endfor")+"{{ ns.c }}{{ ns.zz }}"
    if k==10:
        m=R.choice(["mm","mk"]); return tag(f"macro {m}(a, b={lit()})")+B(False)+"{{ a }}{{ b }}"+R.choice(["","{{ varargs }}","{{ kwargs }}","{{ caller() }}"])+tag("endmacro")+"{{ "+f"{m}({R.choice(['','1','1, 2','a=s','1,2,3','b=4',E(1)])})"+" }}"
    if k==11: return tag(f"with x = {E(1)}, y = 2")+B()+tag("endwith")
    if k==12: return R.choice([tag("filter "+R.choice(["upper","trim","indent(2)","replace('a','b')|lower"]))+B()+tag("endfilter"), tag("generation")+B(False)+tag("endgeneration"),"{# c {{ x }} #}","{#- c -#}",tag("raw")+"{{ x }} {% q %}"+tag("endraw")])
    return ws()+R.choice(["text","\r\nb\r","{ {","%}"," <|x|> ","\n\n"])
def num():
    k=R.randrange(9)
    if k==0: return repr(R.random()*10**R.randint(-12,20))
    if k==1: return repr(R.randint(-10**R.randint(0,25),10**R.randint(0,25)))
    if k==2: return repr(R.choice([0.5,1.5,2.5,0.125,2.675,1e22,1e16,123456789012345680.0,9.995,1e-5,0.0001,-0.0,5e-324,1.7e308,1e21,123.0,0.1+0.2,1e15,9999999999999998.0]))
    if k==3: return repr(round(R.uniform(-100,100),R.randint(0,3)))
    if k==4: return R.choice(['true','false'])
    return repr(R.randint(-9,200)) if k<7 else repr(R.randint(-2000,2000)/R.choice([2,4,8,10]))
def st():
    return json.dumps("".join(R.choice(list("aB'\"\\\n\t\r é\x7f\x1b\u00a0\u200b\u2028漢🌊ßΣσİǆ12_-,.%{}")+["\\u0000"[0]]) for _ in range(R.randint(0,6))),ensure_ascii=False)
def ps():
    return R.choice(["' 12 '","'1_000'","'0x1f'","'1e3'","'3.7'","'-5'","'+8'","'.5'","'5.'","'inf'","'nan'","'abc'","''","'0b11'","'00012'","'1__0'","'_1'","'１２'","'-0'"])
spec=lambda: R.choice(["%d","%5d","%-5d|","%05d","%+d","% d","%x","%X","%#x","%o","%.3d","%f","%.0f","%.1f","%.2f","%8.3f","%08.2f","%+.1e","%e","%g","%.3g","%G","%s","%r","%10s","%-10s|","%.2s","%i","%u","%%"])
fspec=lambda: R.choice(["{}","{:d}","{:5}","{:<5}","{:>5}","{:^6}","{:*^9}","{:05}","{:+}","{: }","{:,}","{:_}","{:x}","{:b}","{:o}","{:X}","{:f}","{:.2f}","{:8.3f}","{:,.2f}","{:.0f}","{:e}","{:.3e}","{:g}","{:.3g}","{:%}","{:.1%}","{:08.2f}","{!r}","{!s:>8}","{:=+6}","{:>08}","{:s}","{:.3}"])
def value():
    k=R.randrange(12)
    if k==0: e=f"'{spec()}' % {num()}"
    elif k==1: e=f"'{spec()}' % {st()}"
    elif k==2: e=f"'{fspec()}'.format({num()})"
    elif k==3: e=f"'{fspec()}'.format({st()})"
    elif k==4: e=f"{num()} {R.choice(['+','-','*','/','//','%'])} {num()}"
    elif k==5: e=f"({num()})|round({R.randint(0,4)}{R.choice(['',', '+repr('floor'),', '+repr('ceil')])})"
    elif k==6: e=f"[{st()}, {num()}, {{{st()}: {num()}}}]"
    elif k==7: e=f"[{st()}, {num()}, {{{st()}: {num()}}}]|tojson({R.choice(['','ensure_ascii=true','indent=1','indent=none'])})"
    elif k==8: e=f"{st()}{R.choice(['[1:]','[::-1]','[0]','[-2:]','|length','.upper()','.lower()','.title()','.capitalize()','.swapcase()','|title','|capitalize','.find('+st()+')','.split()','.splitlines()','.strip()','.center(9)','|reverse','.isalpha()','.isalnum()','.isupper()','.islower()','.isprintable()','.isspace()','.isdigit()','|list','|wordcount','|truncate(3,true,'+repr('')+')','|indent(2)','.rsplit(none,1)','.split(none,1)','.count('+st()+')','.replace('+st()+','+st()+')','.partition('+st()+')'])}"
    elif k==9: e=f"{R.choice([ps(),num()])}|{R.choice(['int','float','int(7)','float(2.5)','int(0,16)','int(0,2)','abs','string'])}"
    elif k==10: e=f"{num()} {R.choice(['<','==','>=','!='])} {num()}"
    else: e=f"[{num()},{num()},{num()},{num()}]|{R.choice(['sort','min','max','sum','unique|list','sort(reverse=true)'])}"
    return "{{ "+e+" }}"

cases = []
for i in range(int(count)):
    if i % 2: t = value()
    elif R.random() < 0.6: t = "".join(S(R.randint(0, 3)) for _ in range(R.randint(1, 3)))
    else: t = "{{ " + E(R.randint(1, 3)) + " }}"
    try: text = compile_template(t).render(**copy.deepcopy(ctx))
    except Exception: continue
    if any(mark in text for mark in ("object at 0x", "<generator", "method", "built-in")): continue
    cases.append([t, text])
with gzip.GzipFile(path, "wb", mtime=0) as f:
    f.write(json.dumps({"variables": ctx, "cases": cases}, ensure_ascii=False).encode())
print(f"{len(cases)} cases, {os.path.getsize(path)} bytes")

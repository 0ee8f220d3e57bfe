/**
 * English words that are one token each, after a blank and at the start of a text, in o200k_base and cl100k_base (OpenAI,
 * gpt-oss), Qwen 3 and 2.5, Llama 3 and 2, DeepSeek V3, Gemma 3 and 2, and Mistral 7B v0.1, v0.3 and NeMo: so many words
 * are so many tokens there. Made and checked by bench/check-words.mjs.
 */
export function listWords(): string {
  return (
    'ability able about above absolute abstract accept acceptable access according account accounts accuracy ace act ' +
    'acting action actions activation active activities activity actor actors acts actual add added adding additional ' +
    'address adj admin adv advanced after again against age aged agent agents ages ago aid aim air album ale alert ' +
    'algorithm alias align alignment all allocate allow allowed almost alone along alpha already also alt alter ' +
    'although alto always amen among amount analysis anchor and android anger angle angles angular animal animated ' +
    'animation anonymous another answer answered answers ant ante antes anti any app append apple application apply ' +
    'appropriate approved apps apt arc arch architecture archive are area areas argument arguments aria arm armed arms ' +
    'around array arrays arrow art article articles artist arts ash aside ask asks assembly assert asset assets assign ' +
    'associated assuming atom atomic attach attachment attack attribute attributes audio author authors auto available ' +
    'aver average await aware away awesome axis back background bad bag balance ball ban band bands bank bar bare bars ' +
    'base based basic bat batch bay beam bean beat because bed been before beg begin being belief bell below best bet ' +
    'beta better between bid big bill bin binary bind binding bird birds birth bit bits black blank block blocks blog ' +
    'blue board boat body bold bond book books boost boot border born bot both bottom bound bow box boxes boy boys bra ' +
    'brain branch brand bras bread break breaking bridge brief bright bring broken bucket bud buff buffer bug build ' +
    'builder building built bullet bur burn burst bus business but button buttons buy byte bytes cache cad cal ' +
    'calculate calendar call called cam camp can cancel cannot canvas cap capital caps car carbon card cards care cars ' +
    'cart case cases cast castle cat catch categories category cause cell cells cent center central chain chair change ' +
    'changed changes channel chant chap chapter char character charge chart charts chat check checked chem chemical chi ' +
    'chief child children chip choice choices choose church circle city claim claimed class classes clean clear click ' +
    'client clip clock clone close closed closure cloud club cluster coal cod code codes coding coin col collapse ' +
    'collect collection colon color colors column columns comb come comes comfort coming comm command commands comment ' +
    'comments commerce commit committee common community compact company compare compile complete completed complex ' +
    'component components composition compute computer con condition conditions conduct cone configure confirm connect ' +
    'connected connection cons consider console constant constants construct construction constructor cont contact ' +
    'contacts container contains content contents context continent continue continued continuous contract control ' +
    'controlled controller controls convert cookie cool coordinates cop copy cord core corn correct cost cot could ' +
    'count counter country course court cover covered craft create created creating creation credentials credit crew ' +
    'critical cross crow cup cur curl currency current currently cursor custom customer cut cycle cycles dam danger ' +
    'dark data database date dated dates daughter day days deal deb debug decimal deck declare decode deep default ' +
    'define defined definition degree delay delete delta demo den dens department dependency dependent depth derive ' +
    'describe description design destination destroy detail details developer development device dialog did diff ' +
    'different dig digit digital dim din dire direct direction directory dis disable disabled disc disk dispatch ' +
    'display distance district division doc doctor document does dog domain don done door doors dos dot double down ' +
    'download drag draw drive driver drop due dump duration dynamic each ear early ears earth echo economic edge edges ' +
    'edit edited editor education effect egg either elect electric electron element elements ell else email embed ' +
    'embedded emit employee employees empty enable encode encoded encoding end ended ending ends energy engine ensemble ' +
    'ensure enter entities entity entries entry environment equal equals era ere err error errors escape esp especially ' +
    'essential est estimate estimated etc even event events ever every everything example examples except exception ' +
    'exchange exec execute exist existing exists exit expand expect expected export exports express expression extends ' +
    'extension external extra eye face faces fact factor factory fail failed failure fair fake fall falls false family ' +
    'fan far fare fast fat father feature features fed fee feed feedback felt female fen fer fest fetch fib field ' +
    'fields fig figure file files fill filled film films filter fin final finally find fine finished finite fire first ' +
    'fish fit five fix fixed flag flags flash flat flex flight float floor flow flower flows flu fluid flush fly focus ' +
    'folder folk follow following font foo food foot for force forced fore foreign forest fork form format formation ' +
    'formed former formerly forming forms fort forth forum forward found four frame frames framework free frequency ' +
    'friend friends from front fruit full fully fun function functional functions fund fur fusion future gain gal game ' +
    'games gang gap gas gate gel gem gen gender gene general generate generic genre gent geometry get gets girl give ' +
    'given glass glob global goal god going gold good goods google got grad grade gram grand grant graph graphs grass ' +
    'grave gray great greater green grey grid ground group groups growth guard guess guest guide gun had hair half hall ' +
    'halt ham hand handle handler hang hard has hash hat have haven having hay head header headers heading heads health ' +
    'heap heart heat height held help helper hem hen her here hero hes hex hid hidden hide high highlight hill him hip ' +
    'his history hit hold holder holding holds hole home hook horizontal horn horse hospital host hot hour hours house ' +
    'houses hover how hub hum human hyper ice icon idea ideal identified identifier identity ids ignore ill image ' +
    'images imp import important inc include includes including ind index individual info inform information inherit ' +
    'initial initialize inline inn inner input inputs ins insert inside install instance instead instrument int integer ' +
    'integration inter interest interface intern internal interpret interval into invalid ion iron issue issued issues ' +
    'item items iteration iterator its jack jam jar jest jet job jobs join joint journal joy jug just keep keeping ' +
    'kernel key keys keyword keywords kid kin kind king know knowledge known lab label labels lad lag lake lambda land ' +
    'lands language lap large last lat late later latest law lay layer layout lead leader leading leaf lean learn ' +
    'learning leave led left leg legal legend length less let lets letter letters level lever lib library license lid ' +
    'lie lies life light lights like likely limit limited limits line linear lines link linked links lip list listed ' +
    'listen listing lists lit liter little live load loaded loader loading loan local locale location locations lock ' +
    'locked log logged logger logging logic login logo logs long look loop lord loss lost lot lots love low lower lug ' +
    'lung lying machine macro mad made mail main major make making male man manage managed management manager manifest ' +
    'manual many map maps mar mare margin marine mark marked market marks mars mart mas mask mass master mat match ' +
    'matched matches mate material math matrix max maximum may maybe mean meaning means measure med media median medium ' +
    'meg member members memory men mental mentioned menu mere merge merged mes mesh mess message messages met meta ' +
    'meter method methods metric metrics mid middle mil mile mill min mind mine mini minimum minor minutes miss missing ' +
    'mission mist mitt mobile mock mod modal mode model models modern modified module modules moment money month months ' +
    'more mos most mostly mother motor mount mouse mouth move movie much multi multiple music must name named names nap ' +
    'nation national native natural navigation near need neg negative nest net network neutral never new news next nice ' +
    'nick night nil nit node nodes non none nor norm normal nos not notation note notes nothing notice notification now ' +
    'null number numbers nut obj object objects observer occasion occupied odd off offer office official offset often ' +
    'old older once one ones online only onto open opens operation operations operator opt option optional options ' +
    'orange orb order ordered orders ore organ organization organized orient orientation origin original other others ' +
    'otherwise ought our out outer output outside over overflow override own owned owner pace pack package pad padding ' +
    'page pages paid pain pair pal pan panel paper par paragraph parallel parameter parameters pare parent parents park ' +
    'parse parser part partial particularly partition partner parts party pas pass password past paste pat patch path ' +
    'paths patient patients pattern patterns pause pay payload payment peak peer pen pending pent people per percent ' +
    'percentage perform performance perhaps period perm person personal pert pet phase phone photo photos phrase ' +
    'physical physics pick picture pie piece pieces pin pip pipe pit place placed placeholder places plain plan plane ' +
    'plant plate platform play played player players plays pleasant please plot plug plugin plugins plus pod point ' +
    'pointer points pol pole policy poll pool pop popular population port portal portion ports pose posit position ' +
    'positions positive poss possible possibly post posts pot pour power precision predict prefix prepare pres present ' +
    'press pressure pretty previous price prim primary prime principal print printed prints priority private pro ' +
    'probably problem process processed processing processor prod product production products prof profile profit ' +
    'program progress project projects prom pron proof prop properties property props protected protein protocol ' +
    'provided provider proxy psych pub public published pull pun punk pure push put puts python quad quality quantity ' +
    'quarter query quest question questions queue quick quiet quit quote race radio radius rag rail rain raise raising ' +
    'ram ran random rang range rank rap rat rate rates rather rating ratio raw ray react read reader reading ready real ' +
    'really reason record records red redirect reduce ref refer reference references refresh region register registered ' +
    'registration registry regular related relation relations relationship relative release remaining remark remarks ' +
    'remember remote remove rend render rent rep repeat replace reply report repository represent represented request ' +
    'require required requires reset resident resolve resource resources resp respect respond response rest result ' +
    'results return returns rev reverse review rib rice rich rid ride rig right rim ring rip rise risk river road roads ' +
    'rob robot rock rod role roles roll rolled rolling roman room rooms root roots rose rot rotation rough round ' +
    'rounded route router routes routine row rows rub rug rule rules rum run running rust safe said sales same sample ' +
    'sat save say scale scan scar scene schema school scope score screen script scripts scroll sea search season seat ' +
    'sec second secondary seconds secret section secure security see seed seek seen segment select selected selection ' +
    'selector self send sender sent sequence serial series serve server service services session set sets setting ' +
    'settings setup shadow shape share shared sharp she sheet shell shield shift ship shop shore short shot should show ' +
    'shown side sign signal sim similar simple sin since sing single sit site six size ski skill skills skin skip sky ' +
    'sleep slice slide slot slow small social socket soft software sol sole solid solution some something sometimes son ' +
    'song soon sort sorted sound source space span spec special species specific speed spin split spoken spot spring ' +
    'square stable stack staff stag stage stand standard standing star stars start starting stat state statement states ' +
    'static station stats status stead steady stem step steps stick still stock stone stones stood stop storage store ' +
    'storm story stream street strict string strings strip stroke strong structure stud student students studio stuff ' +
    'sty style styles sub subject submit subset success such suite sum summary sun sup super support supported surface ' +
    'swap switch symbol sync system tab table tag tags tail take talk tan tap tar target task tasks tax tea teacher ' +
    'team tel temp temperature template temps ten term terminal terms test testing tests text than thanks that the ' +
    'their theme then there thermal these they thing think third this those though thread three threshold through throw ' +
    'throws thumb thus thy time timer times timestamp tiny tip title today toggle token tom ton tons too tool tools top ' +
    'topic tor tot total touch tour town trace track trade train training trans transaction transfer transform ' +
    'transition translate transport tree triangle trigger trim true try turn two type types typically undefined under ' +
    'uniform union unique unit units unknown unless unsigned until update updated upload upon upper urban usage use ' +
    'used user username users uses using usual usually utility utter vale valid validate validation valor value values ' +
    'van var variable variables variant vars vector vehicle velocity vendor vent verb verified verify verse version ' +
    'versions vertex vertical vertices very vest via video vie view views viol virtual visibility visible vision visit ' +
    'visited visual voice voices void vol volt volume vote wait walk wall walls wand war warning was watch water wave ' +
    'way ways weak wealth wear weather web website wed week weight weights well wen went were west western what ' +
    'whatever wheel when where whether which while white who whole whose why wide widget width will win wind window ' +
    'windows wing winner wire wise with within without woman won wood word words work worker working works world worth ' +
    'worthy would wrap wrapper write writer writers writing written wrong yard yards year years yellow yes yet you your ' +
    'zero zip zone zoom'
  );
}
